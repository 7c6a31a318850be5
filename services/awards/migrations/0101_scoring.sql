-- Scoring schemes and the rankings computed with them.
--
-- min_compatible: 0101
-- append_only: ranking

CREATE TABLE scoring_scheme (
  name VARBINARY(255) NOT NULL,
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL,
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  state INT NOT NULL COMMENT 'thidua.awards.v1.ScoringSchemeState',
  predecessor VARBINARY(255) NULL COMMENT 'the version before; NULL for the first of its line',
  PRIMARY KEY (name),
  UNIQUE KEY scoring_scheme_by_predecessor (predecessor)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Written once. Whether a ranking is still current is read from the publication it came from (followed_resource).
CREATE TABLE ranking (
  name VARBINARY(255) NOT NULL,
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL,
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  window_name VARBINARY(255) NOT NULL COMMENT 'resource name',
  cluster VARBINARY(255) NOT NULL COMMENT 'resource name',
  scoring_scheme VARBINARY(255) NOT NULL COMMENT 'resource name',
  recency BIGINT NOT NULL COMMENT 'minus the instant of computation, so that the newest comes first',
  PRIMARY KEY (name),
  KEY ranking_by_window (window_name, cluster, recency, name),
  KEY ranking_by_recency (recency, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

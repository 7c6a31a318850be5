-- What is in force of each school, the clusters' consolidations, and what they published.
--
-- min_compatible: 0204

-- The accepted revision of each report, packed (services/reporting/windows/figure_rules.h). Narrow and in the order of the window, so that a
-- consolidation reads a fraction of what one row for each figure would cost, and a draft that follows a re-opening cannot disturb it.
CREATE TABLE accepted_report (
  window_id VARBINARY(63) NOT NULL,
  school_id VARBINARY(63) NOT NULL,
  revision INT NOT NULL,
  sha256 BINARY(32) NOT NULL COMMENT 'of the revision''s canonical content',
  figures BLOB NOT NULL,
  accepted_by VARBINARY(512) NOT NULL,
  accepted_at BIGINT NOT NULL,
  PRIMARY KEY (window_id, school_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Acceptance and publication of one cluster in one window pass here one at a time: a publication can miss no acceptance, and no acceptance
-- a publication.
CREATE TABLE consolidation_gate (
  window_id VARBINARY(63) NOT NULL,
  cluster_id VARBINARY(63) NOT NULL,
  passes BIGINT NOT NULL,
  PRIMARY KEY (window_id, cluster_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE consolidation (
  name VARBINARY(255) NOT NULL,
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL,
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  window_id VARBINARY(63) NOT NULL,
  cluster_id VARBINARY(63) NOT NULL,
  PRIMARY KEY (name),
  KEY consolidation_by_window (window_id, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE publication (
  name VARBINARY(255) NOT NULL,
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL,
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  window_id VARBINARY(63) NOT NULL,
  cluster_id VARBINARY(63) NOT NULL,
  number INT NOT NULL,
  PRIMARY KEY (name),
  UNIQUE KEY publication_by_number (window_id, cluster_id, number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

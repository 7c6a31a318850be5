-- Emulation clusters: regimes, clusters, memberships, leadership terms. Days as in 0101.
--
-- min_compatible: 0102

CREATE TABLE cluster_regime (
  name VARBINARY(255) NOT NULL COMMENT 'clusterRegimes/{cluster_regime}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL COMMENT 'written by transactions that rely on the row as it is',
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.ClusterRegime',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  valid_from INT NOT NULL,
  valid_to INT NOT NULL,
  PRIMARY KEY (name),
  KEY cluster_regime_in_order (valid_from, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- `touched` of a cluster serialises everything about its members and leaders.
CREATE TABLE cluster (
  name VARBINARY(255) NOT NULL COMMENT 'clusters/{cluster}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.Cluster',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  regime VARBINARY(255) NOT NULL,
  sort_key VARBINARY(700) NOT NULL COMMENT 'collation key of the display name (common/text/collation.h)',
  PRIMARY KEY (name),
  KEY cluster_by_regime (regime, name),
  KEY cluster_in_order (sort_key, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE membership (
  name VARBINARY(255) NOT NULL COMMENT 'clusters/{cluster}/memberships/{membership}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.Membership',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  cluster VARBINARY(255) NOT NULL,
  school VARBINARY(255) NOT NULL,
  valid_from INT NOT NULL,
  valid_to INT NOT NULL,
  PRIMARY KEY (name),
  KEY membership_by_cluster (cluster, name),
  KEY membership_by_school (school, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE leadership_term (
  name VARBINARY(255) NOT NULL COMMENT 'clusters/{cluster}/leadershipTerms/{leadership_term}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.LeadershipTerm',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  cluster VARBINARY(255) NOT NULL,
  valid_from INT NOT NULL,
  valid_to INT NOT NULL,
  PRIMARY KEY (name),
  KEY leadership_term_by_cluster (cluster, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

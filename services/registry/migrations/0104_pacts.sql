-- Pacts. Days as in 0101.
--
-- min_compatible: 0102

CREATE TABLE pact (
  name VARBINARY(255) NOT NULL COMMENT 'clusters/{cluster}/pacts/{pact}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.Pact, signatures included',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  cluster VARBINARY(255) NOT NULL,
  year INT NOT NULL COMMENT 'holds all days of the pact',
  state INT NOT NULL COMMENT 'number of thidua.registry.v1.PactState',
  valid_from INT NOT NULL,
  valid_to INT NOT NULL,
  binding TINYINT NOT NULL COMMENT '1 when it binds its cluster in [valid_from, valid_to)',
  PRIMARY KEY (name),
  KEY pact_by_cluster (cluster, name),
  KEY pact_by_year (year, name),
  KEY pact_by_state (state, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

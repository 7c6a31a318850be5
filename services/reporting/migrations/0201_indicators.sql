-- The catalogue of indicators and every version of every definition.
--
-- min_compatible: 0201
-- append_only: indicator_definition

CREATE TABLE indicator (
  name VARBINARY(255) NOT NULL,
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL,
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  ordinal INT NOT NULL COMMENT 'given once, never reused; the key of packed figures',
  group_code VARBINARY(40) NOT NULL,
  PRIMARY KEY (name),
  UNIQUE KEY indicator_by_ordinal (ordinal)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One row for each version of a definition, the newest too.
CREATE TABLE indicator_definition (
  indicator VARBINARY(255) NOT NULL COMMENT 'resource name',
  definition_version INT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL,
  PRIMARY KEY (indicator, definition_version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The last ordinal given; one row.
CREATE TABLE indicator_counter (
  counter INT NOT NULL,
  last_ordinal INT NOT NULL,
  PRIMARY KEY (counter)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Schools and how they came from one another.
--
-- min_compatible: 0101
-- append_only: lineage_party
--
-- Days are whole days since 1970-01-01; an open beginning is -719162 (0001-01-01), an open end 2932896 (9999-12-31), never NULL, so
-- that "holds on that day" is `valid_from <= day AND day < valid_to`.

CREATE TABLE school (
  name VARBINARY(255) NOT NULL COMMENT 'schools/{school}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL COMMENT 'written by transactions that rely on the row as it is',
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.School',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  kind INT NOT NULL,
  province_id VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'empty for a central cadre school',
  confidence INT NOT NULL,
  valid_from INT NOT NULL,
  valid_to INT NOT NULL,
  sort_key VARBINARY(700) NOT NULL COMMENT 'collation key of the latest display name (common/text/collation.h)',
  search MEDIUMTEXT NOT NULL COMMENT 'all names, folded, a blank before each word (common/text/fold.h)',
  PRIMARY KEY (name),
  KEY school_in_order (sort_key, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE lineage_event (
  name VARBINARY(255) NOT NULL COMMENT 'lineageEvents/{lineage_event}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.LineageEvent',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  effective_day INT NOT NULL,
  PRIMARY KEY (name),
  KEY lineage_event_in_order (effective_day, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Which schools an event names, on either side.
CREATE TABLE lineage_party (
  school VARBINARY(255) NOT NULL,
  event VARBINARY(255) NOT NULL,
  PRIMARY KEY (school, event)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

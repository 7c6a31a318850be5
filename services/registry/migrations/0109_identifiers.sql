-- Identifiers of schools in schemes of others. Days as in 0101.
--
-- min_compatible: 0108

CREATE TABLE identifier_scheme (
  name VARBINARY(255) NOT NULL COMMENT 'identifierSchemes/{identifier_scheme}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL COMMENT 'written by transactions that rely on the row as it is',
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.IdentifierScheme',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  valid_from INT NOT NULL,
  valid_to INT NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Rows are never deleted: the unique key is what makes a code be given once for ever.
CREATE TABLE school_identifier (
  name VARBINARY(255) NOT NULL COMMENT 'schools/{school}/identifiers/{identifier}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.SchoolIdentifier',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  school VARBINARY(255) NOT NULL,
  scheme VARBINARY(255) NOT NULL,
  code VARCHAR(100) NOT NULL,
  successor VARBINARY(255) NOT NULL COMMENT 'empty when none is named',
  valid_from INT NOT NULL,
  valid_to INT NOT NULL COMMENT 'as written; the school or the scheme may end before',
  confidence INT NOT NULL,
  PRIMARY KEY (name),
  UNIQUE KEY school_identifier_by_code (scheme, code),
  KEY school_identifier_by_school (school, name),
  KEY school_identifier_by_scheme (scheme, name),
  KEY school_identifier_by_successor (successor)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

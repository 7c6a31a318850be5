-- The standard of political schools: sets of indicators, cases, assessments. Days as in 0101.
--
-- min_compatible: 0102

CREATE TABLE standard_scheme (
  name VARBINARY(255) NOT NULL COMMENT 'standardSchemes/{standard_scheme}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL COMMENT 'written by transactions that rely on the row as it is',
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.StandardScheme',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  level INT NOT NULL,
  PRIMARY KEY (name),
  KEY standard_scheme_in_order (level, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- `touched` of the school serialises everything about its cases.
CREATE TABLE standard_case (
  name VARBINARY(255) NOT NULL COMMENT 'schools/{school}/standardCases/{standard_case}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.StandardCase',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  school VARBINARY(255) NOT NULL,
  scheme VARBINARY(255) NOT NULL,
  level INT NOT NULL,
  state INT NOT NULL,
  recognised_day INT NOT NULL COMMENT 'first day on which it certainly was; the open end while it is not',
  PRIMARY KEY (name),
  KEY standard_case_by_school (school, name),
  KEY standard_case_by_scheme (scheme, name),
  KEY standard_case_by_level (level, name),
  KEY standard_case_by_state (state, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE standard_assessment (
  name VARBINARY(255) NOT NULL COMMENT 'schools/{school}/standardCases/{standard_case}/assessments/{assessment}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.StandardAssessment',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  standard_case VARBINARY(255) NOT NULL,
  assessed_day INT NOT NULL,
  PRIMARY KEY (name),
  KEY standard_assessment_by_case (standard_case, assessed_day, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Decisions about what a merger, split or re-establishment leaves behind. What is undecided is not stored: it is worked out.
--
-- min_compatible: 0108

CREATE TABLE succession_fate (
  name VARBINARY(255) NOT NULL COMMENT 'lineageEvents/{lineage_event}/fates/{fate}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.SuccessionFate',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  lineage_event VARBINARY(255) NOT NULL,
  PRIMARY KEY (name),
  KEY succession_fate_by_event (lineage_event, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

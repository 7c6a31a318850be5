-- Documents that found what the registry holds.
--
-- min_compatible: 0102

CREATE TABLE document (
  name VARBINARY(255) NOT NULL COMMENT 'documents/{document}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL COMMENT 'written by transactions that rely on the row as it is',
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.Document',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  number VARCHAR(100) NOT NULL,
  issuer VARCHAR(200) NOT NULL,
  issue_day INT NOT NULL COMMENT 'yyyymmdd, 00 for the part of the date that is unknown',
  confidence INT NOT NULL,
  search MEDIUMTEXT NOT NULL COMMENT 'number, issuer and title, folded, a blank before each word (common/text/fold.h)',
  PRIMARY KEY (name),
  KEY document_in_order (issue_day, name),
  KEY document_by_number (number, issue_day, name),
  KEY document_by_issuer (issuer, issue_day, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Which documents replace which: the lists of the documents that say so, the other way round.
CREATE TABLE document_supersession (
  superseded VARBINARY(255) NOT NULL,
  document VARBINARY(255) NOT NULL,
  PRIMARY KEY (superseded, document),
  KEY document_supersession_by_document (document)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What every service's schema holds beside its own tables: the request ledger, the journal, what is followed.
-- (`lease` and `schema_migration` are made by the migrator, which needs both before it can run any file.)
-- Instants are microseconds since 1970-01-01 UTC. Event ids are 26 characters, time-ordered, made by the service.
--
-- min_compatible: 0001
-- append_only: event, event_seal, event_head

-- First row of every mutation, so that a repeated request has one effect and gets the first answer again.
CREATE TABLE request_ledger (
  caller BINARY(32) NOT NULL COMMENT 'SHA-256 of the caller''s identity, which has no useful bound in length',
  method VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the canonical request',
  response MEDIUMBLOB NULL COMMENT 'NULL only inside the transaction that writes the row',
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (caller, method, request_id),
  KEY request_ledger_by_age (recorded_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The journal: one row for each change and each denied call. Never updated, never deleted; the app user has no right to.
CREATE TABLE event (
  event_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  resource VARBINARY(255) NOT NULL COMMENT 'resource name',
  resource_type VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL COMMENT 'row version after the change; 0 for a denial',
  change_kind VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'CREATED, UPDATED, SUBMITTED, DENIED, ...',
  snapshot MEDIUMBLOB NULL COMMENT 'the whole resource after the change, as protobuf bytes; NULL for a denial',
  actor VARCHAR(512) NOT NULL COMMENT 'identity in the caller''s certificate',
  acting_person VARCHAR(255) NULL COMMENT 'whom a portal acts for; NULL when a system acts for itself',
  permission VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  method VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  trace_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason TEXT NULL COMMENT 'what the person wrote, or why the call was denied',
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (event_id),
  KEY event_by_resource (resource, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Events that have no place in the order yet. Written with the event, taken away by the sealer.
CREATE TABLE event_pending (
  event_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  digest BINARY(32) NOT NULL COMMENT 'SHA-256 of the event''s canonical bytes (common/journal/chain.h)',
  PRIMARY KEY (event_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The order of events and the chain over them. seq starts at 1 without gaps; a sealer with a stale lease loses on the key.
CREATE TABLE event_seal (
  seq BIGINT NOT NULL,
  event_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  prev_hash BINARY(32) NOT NULL,
  hash BINARY(32) NOT NULL,
  sealed_at BIGINT NOT NULL COMMENT 'in real time, also in a rehearsal',
  PRIMARY KEY (seq),
  UNIQUE KEY event_seal_by_event (event_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Signed heads of the chain (Ed25519). A new key signs the head again.
CREATE TABLE event_head (
  seq BIGINT NOT NULL,
  hash BINARY(32) NOT NULL,
  key_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  signature VARBINARY(64) NOT NULL,
  signed_at BIGINT NOT NULL,
  PRIMARY KEY (seq, key_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How far this service, or one of its couriers, has followed a feed. Written in the transaction of the effects.
CREATE TABLE follower_cursor (
  source VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq BIGINT NOT NULL,
  hash BINARY(32) NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (source)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The latest snapshot of each resource of the services below, as their feeds tell it.
CREATE TABLE followed_resource (
  source VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  resource VARBINARY(255) NOT NULL,
  resource_type VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  seq BIGINT NOT NULL COMMENT 'position of the event that brought this snapshot',
  snapshot MEDIUMBLOB NOT NULL,
  PRIMARY KEY (source, resource),
  KEY followed_resource_by_type (source, resource_type, resource)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

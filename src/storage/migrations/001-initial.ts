/**
 * The first format: settings, topics, configs, groups and committed offsets.
 *
 * All tables are STRICT, so that a wrong type is an error and not a surprise years later, and WITHOUT ROWID,
 * because their keys are what they are looked up by. The index serves the deletion of a topic, which must not
 * walk through the offsets of every group.
 */
import type { Migration } from './migration.ts'

export const initial: Migration = {
  version: 1,
  sql: `
    CREATE TABLE settings (
      name TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE topics (
      name TEXT NOT NULL PRIMARY KEY,
      topic_id TEXT NOT NULL UNIQUE,
      partition_count INTEGER NOT NULL,
      leader_epoch INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE configs (
      resource TEXT NOT NULL,
      name TEXT NOT NULL,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (resource, name, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE groups (
      group_id TEXT NOT NULL PRIMARY KEY,
      kind TEXT NOT NULL,
      value BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE offsets (
      group_id TEXT NOT NULL,
      topic TEXT NOT NULL,
      partition INTEGER NOT NULL,
      offset INTEGER NOT NULL,
      leader_epoch INTEGER NOT NULL,
      metadata TEXT NOT NULL,
      commit_timestamp_ms INTEGER NOT NULL,
      expire_timestamp_ms INTEGER NOT NULL,
      PRIMARY KEY (group_id, topic, partition)
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX offsets_by_topic ON offsets (topic);
  `,
}

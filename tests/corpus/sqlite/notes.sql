-- Notes that can be searched: virtual tables, strict tables, columns without types.
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    body TEXT,
    tags ANY,
    stars INT NOT NULL DEFAULT 0,
    changed TEXT DEFAULT CURRENT_TIMESTAMP
) STRICT;
CREATE VIRTUAL TABLE note_search USING fts5 (title, body, content='note', content_rowid='id');
CREATE VIRTUAL TABLE place USING rtree (id, min_x, max_x, min_y, max_y);
CREATE TRIGGER note_added AFTER INSERT ON note BEGIN
    INSERT INTO note_search (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE TABLE attachment (
    note_id NOT NULL REFERENCES note,
    name,
    content BLOB,
    size INTEGER GENERATED ALWAYS AS (length(content)) STORED,
    kind "a type of its own",
    PRIMARY KEY (note_id, name)
);
CREATE TABLE link (
    a INTEGER NOT NULL REFERENCES note (id) ON DELETE CASCADE,
    b INTEGER NOT NULL REFERENCES NOTE (ID) ON DELETE CASCADE,
    weight REAL NOT NULL DEFAULT 1e0,
    PRIMARY KEY (b, a),
    CHECK (a <> b)
) WITHOUT ROWID;
CREATE VIEW linked AS SELECT n.*, l.weight, 1 + 1 AS two FROM note n JOIN link l ON l.a = n.id;

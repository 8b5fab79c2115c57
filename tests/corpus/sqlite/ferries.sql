-- A ferry line: rowid keys, keys in another order than the columns, tables without rowid.
CREATE TABLE harbour (code CHAR(3) NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, opened DATE) WITHOUT ROWID;
CREATE TABLE vessel (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name VARCHAR(60) NOT NULL COLLATE NOCASE,
    class TEXT NOT NULL DEFAULT 'ro-ro' CHECK (class IN ('catamaran', 'ro-ro', 'cable ferry')),
    home CHAR(3) NOT NULL REFERENCES harbour ON UPDATE CASCADE,
    seats SMALLINT NOT NULL CHECK (seats BETWEEN 0 AND 2000),
    in_service BOOLEAN NOT NULL DEFAULT TRUE,
    successor_of INTEGER REFERENCES vessel ON DELETE SET NULL,
    UNIQUE (home, name)
);
CREATE TABLE crossing (
    departs TIMESTAMP NOT NULL,
    line SMALLINT NOT NULL,
    vessel_id INTEGER NOT NULL REFERENCES vessel (id) ON DELETE RESTRICT,
    minutes_late INT,
    was_late BOOLEAN GENERATED ALWAYS AS (minutes_late > 0) VIRTUAL,
    PRIMARY KEY (line, departs)
) WITHOUT ROWID;
CREATE TABLE ticket (
    number BIGINT PRIMARY KEY,
    line SMALLINT NOT NULL,
    departs TIMESTAMP NOT NULL,
    paid DECIMAL(8,2) NOT NULL DEFAULT 0,
    FOREIGN KEY (line, departs) REFERENCES crossing ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX ticket_paid_once ON ticket (departs, line) WHERE paid > 0;
CREATE VIEW takings AS SELECT line, count(*) AS tickets, sum(paid) AS paid FROM ticket GROUP BY line;

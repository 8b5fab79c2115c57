-- Declared types of all families. SQLite keeps any text as a type and derives an affinity from it.

CREATE TABLE numbers (
    id INTEGER PRIMARY KEY,
    whole INTEGER NOT NULL,
    whole_null INTEGER,
    plain INT NOT NULL,
    tiny TINYINT NOT NULL,
    small SMALLINT NOT NULL,
    medium MEDIUMINT NOT NULL,
    big BIGINT NOT NULL,
    big_unsigned UNSIGNED BIG INT NOT NULL,
    two INT2 NOT NULL,
    eight INT8 NOT NULL,
    real REAL NOT NULL,
    real_null REAL,
    twice DOUBLE NOT NULL,
    precise DOUBLE PRECISION NOT NULL,
    single FLOAT NOT NULL,
    exact DECIMAL(10, 5) NOT NULL,
    exact_null DECIMAL(10, 5),
    loose DECIMAL NOT NULL,
    flag BOOLEAN NOT NULL,
    flag_null BOOLEAN,
    flag_short BOOL NOT NULL
);

CREATE TABLE texts (
    id TEXT PRIMARY KEY NOT NULL,
    unbounded TEXT NOT NULL,
    unbounded_null TEXT,
    bounded VARCHAR(12) NOT NULL,
    fixed CHARACTER(4) NOT NULL,
    varying VARYING CHARACTER(255),
    national NCHAR(55),
    native NATIVE CHARACTER(70),
    national_varying NVARCHAR(100),
    large CLOB,
    folded TEXT COLLATE NOCASE
);

CREATE TABLE bytes (
    id BLOB PRIMARY KEY NOT NULL,
    bytes BLOB NOT NULL,
    bytes_null BLOB
);

CREATE TABLE times (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    day DATE NOT NULL,
    day_null DATE,
    clock TIME NOT NULL,
    clock_null TIME,
    local DATETIME NOT NULL,
    local_null DATETIME,
    stamp TIMESTAMP NOT NULL,
    instant TIMESTAMP WITH TIME ZONE NOT NULL,
    instant_null TIMESTAMPTZ
);

CREATE TABLE documents (
    id UUID PRIMARY KEY NOT NULL,
    other UUID NOT NULL,
    other_null UUID,
    document JSON NOT NULL,
    document_null JSON,
    decomposed JSONB
);

-- What a declaration that is none of the above comes to.
CREATE TABLE affinities (
    id INTEGER PRIMARY KEY,
    untyped,
    untyped_required NOT NULL,
    whole POINT NOT NULL,
    text_like TEXTUAL NOT NULL,
    blob_like BLOBBY NOT NULL,
    real_like FLOATING NOT NULL,
    numeric_like NUMERIC NOT NULL,
    numeric_null NUMERIC,
    numeric_exact NUMERIC(6, 2),
    money MONEY,
    other STRING,
    any_type ANY
);

CREATE TABLE strict_types (
    id INTEGER PRIMARY KEY,
    whole INT NOT NULL,
    whole_null INTEGER,
    real REAL NOT NULL,
    text TEXT NOT NULL,
    blob BLOB NOT NULL,
    anything ANY NOT NULL,
    anything_null ANY
) STRICT;

CREATE TABLE without_rowid (
    code TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (number, code)
) WITHOUT ROWID;

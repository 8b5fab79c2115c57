-- Every type that PostgreSQL has for columns, by family; with parameters, and with and without NOT NULL.

CREATE SCHEMA extensions;
CREATE EXTENSION citext SCHEMA extensions;
CREATE EXTENSION hstore SCHEMA extensions;
CREATE EXTENSION ltree SCHEMA extensions;

CREATE TABLE numbers (
    id integer PRIMARY KEY,
    small smallint NOT NULL,
    small_null smallint,
    medium integer NOT NULL,
    medium_null integer,
    big bigint NOT NULL,
    big_null bigint,
    single real NOT NULL,
    single_null real,
    double double precision NOT NULL,
    double_null double precision,
    exact numeric(10, 2) NOT NULL,
    exact_null numeric(10, 2),
    whole numeric(28) NOT NULL,
    fraction numeric(3, 3) NOT NULL,
    tiny numeric(2, 5) NOT NULL,
    thousands numeric(5, -3) NOT NULL,
    wide numeric(60, 20) NOT NULL,
    wide_null numeric(60, 20),
    unbounded numeric NOT NULL,
    unbounded_null numeric,
    amount money NOT NULL,
    amount_null money
);

CREATE TABLE serials (
    small smallserial,
    medium serial PRIMARY KEY,
    big bigserial
);

CREATE TABLE texts (
    id integer PRIMARY KEY,
    unbounded text NOT NULL,
    unbounded_null text,
    bounded varchar(12) NOT NULL,
    bounded_null varchar(12),
    loose varchar,
    fixed char(4) NOT NULL,
    fixed_null char(4),
    one char NOT NULL,
    identifier name NOT NULL,
    byte "char" NOT NULL,
    byte_null "char",
    markup xml NOT NULL,
    markup_null xml
);

CREATE TABLE bytes (
    id integer PRIMARY KEY,
    bytes bytea NOT NULL,
    bytes_null bytea,
    bits bit(5) NOT NULL,
    bits_null bit(5),
    one bit NOT NULL,
    varying_bits bit varying(12) NOT NULL,
    loose_bits bit varying
);

CREATE TABLE times (
    id integer PRIMARY KEY,
    day date NOT NULL,
    day_null date,
    clock time NOT NULL,
    clock_null time,
    clock_seconds time(0) NOT NULL,
    clock_zone time with time zone NOT NULL,
    clock_zone_null timetz(3),
    local timestamp NOT NULL,
    local_null timestamp,
    local_millis timestamp(3) NOT NULL,
    instant timestamptz NOT NULL,
    instant_null timestamptz,
    instant_seconds timestamp(0) with time zone NOT NULL,
    span interval NOT NULL,
    span_null interval,
    span_years interval year to month NOT NULL,
    span_seconds interval second(3) NOT NULL,
    span_days interval day to second(0)
);

CREATE TABLE documents (
    id uuid PRIMARY KEY,
    flag boolean NOT NULL,
    flag_null boolean,
    other uuid NOT NULL,
    other_null uuid,
    plain json NOT NULL,
    plain_null json,
    decomposed jsonb NOT NULL,
    decomposed_null jsonb,
    path jsonpath NOT NULL,
    path_null jsonpath,
    words tsvector NOT NULL,
    words_null tsvector,
    query tsquery NOT NULL,
    query_null tsquery
);

CREATE TABLE networks (
    id inet PRIMARY KEY,
    host inet NOT NULL,
    host_null inet,
    net cidr NOT NULL,
    net_null cidr,
    mac macaddr NOT NULL,
    mac_null macaddr,
    mac8 macaddr8 NOT NULL,
    mac8_null macaddr8
);

CREATE TABLE figures (
    id integer PRIMARY KEY,
    at point NOT NULL,
    at_null point,
    straight line NOT NULL,
    segment lseg NOT NULL,
    frame box NOT NULL,
    route path NOT NULL,
    area polygon NOT NULL,
    round circle NOT NULL,
    routes path[]
);

CREATE TABLE system (
    id oid PRIMARY KEY,
    object oid NOT NULL,
    object_null oid,
    class regclass NOT NULL,
    class_null regclass,
    kind regtype NOT NULL,
    function regprocedure NOT NULL,
    namespace regnamespace NOT NULL,
    role regrole,
    log pg_lsn NOT NULL,
    log_null pg_lsn,
    row tid NOT NULL,
    transaction xid NOT NULL,
    transaction8 xid8 NOT NULL,
    command cid NOT NULL,
    snapshot pg_snapshot NOT NULL,
    vector oidvector,
    vector2 int2vector
);

CREATE TABLE arrays (
    id integer PRIMARY KEY,
    numbers integer[] NOT NULL,
    numbers_null integer[],
    matrix integer[][] NOT NULL,
    sized integer[3][3],
    texts text[] NOT NULL,
    codes varchar(3)[] NOT NULL,
    padded char(3)[],
    names name[],
    flags boolean[] NOT NULL,
    doubles double precision[] NOT NULL,
    exacts numeric(6, 2)[] NOT NULL,
    unbounded numeric[],
    amounts money[],
    bytes bytea[],
    days date[],
    clocks time[],
    locals timestamp[],
    instants timestamptz[],
    spans interval[],
    ids uuid[],
    documents jsonb[],
    hosts inet[],
    bits bit(3)[],
    points point[],
    lines xml[]
);

CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy', 'Very Happy!', '');
COMMENT ON TYPE mood IS 'How somebody feels.';

CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
COMMENT ON DOMAIN positive IS 'A number above zero.';
CREATE DOMAIN score AS positive CHECK (VALUE <= 100);
CREATE DOMAIN required AS text NOT NULL CHECK (char_length(VALUE) BETWEEN 1 AND 20);
CREATE DOMAIN postcode AS text CHECK (VALUE ~ '^[0-9]{5}$');
CREATE DOMAIN level AS text CHECK (VALUE IN ('low', 'high'));
CREATE DOMAIN price AS numeric(8, 2) DEFAULT 0 CHECK (VALUE >= 0);
CREATE DOMAIN spot AS point;
CREATE DOMAIN scores AS score[];
CREATE DOMAIN feeling AS mood CHECK (VALUE <> 'sad');

CREATE TYPE address AS (street text, number integer, since date);
CREATE TYPE person AS (name varchar(40), home address, moods mood[], worth numeric(8, 2), "Level" level);
COMMENT ON TYPE person IS 'Somebody.';
COMMENT ON COLUMN person.home IS 'Where mail goes.';
CREATE TYPE nothing AS ();
CREATE TYPE place AS (label text, at point);

CREATE TABLE named (
    id integer PRIMARY KEY,
    mood mood NOT NULL,
    mood_null mood,
    moods mood[] NOT NULL,
    positive positive NOT NULL,
    score score,
    required required,
    postcode postcode NOT NULL,
    level level NOT NULL,
    level_null level,
    price price NOT NULL,
    spot spot,
    scores scores NOT NULL,
    score_list score[],
    feeling feeling NOT NULL,
    address address NOT NULL,
    address_null address,
    person person NOT NULL,
    people person[],
    nothing nothing,
    place place
);

CREATE TYPE span_of_money AS RANGE (subtype = numeric);
CREATE TYPE span_of_text AS RANGE (subtype = text);

CREATE TABLE ranges (
    id integer PRIMARY KEY,
    ints int4range NOT NULL,
    ints_null int4range,
    bigs int8range NOT NULL,
    nums numrange NOT NULL,
    locals tsrange NOT NULL,
    instants tstzrange NOT NULL,
    days daterange NOT NULL,
    monies span_of_money,
    texts span_of_text,
    list int4range[],
    int_set int4multirange NOT NULL,
    int_set_null int4multirange,
    num_set nummultirange,
    instant_set tstzmultirange,
    day_set datemultirange,
    text_set span_of_text_multirange
);

CREATE TABLE extension_types (
    id integer PRIMARY KEY,
    folded extensions.citext NOT NULL,
    folded_null extensions.citext,
    folded_list extensions.citext[],
    pairs extensions.hstore NOT NULL,
    pairs_null extensions.hstore,
    path extensions.ltree NOT NULL,
    path_null extensions.ltree,
    paths extensions.ltree[],
    pattern extensions.lquery
);

-- An animal clinic: domains, composite types, arrays, ranges, exclusion, generated columns.
CREATE DOMAIN kilograms AS numeric(7,3) CHECK (VALUE > 0);
CREATE DOMAIN chip AS text NOT NULL CHECK (VALUE ~ '^[0-9]{15}$');
CREATE DOMAIN registered_chip AS chip;
CREATE TYPE species AS ENUM ('cat', 'dog', 'rabbit', 'guinea pig', 'other');
CREATE TYPE address AS (street text, town text, postcode varchar(10));
CREATE TYPE reading AS (taken_at timestamptz, value numeric(6,2), unit text);

CREATE TABLE owner (
    id bigserial PRIMARY KEY,
    name text NOT NULL,
    home address,
    phones text[] NOT NULL DEFAULT '{}',
    notes jsonb
);

CREATE TABLE animal (
    id bigserial PRIMARY KEY,
    owner_id bigint NOT NULL REFERENCES owner ON DELETE CASCADE,
    chip registered_chip UNIQUE,
    species species NOT NULL,
    also_seen_as species[],
    weight kilograms,
    readings reading[],
    named varchar(40) NOT NULL,
    call_name text GENERATED ALWAYS AS (lower(named)) STORED
);

CREATE TABLE room (number smallint PRIMARY KEY, equipment text[][]);

CREATE EXTENSION btree_gist;
CREATE TABLE appointment (
    animal_id bigint NOT NULL REFERENCES animal,
    room smallint NOT NULL REFERENCES room (number),
    during tstzrange NOT NULL,
    days daterange,
    fee money,
    PRIMARY KEY (animal_id, during),
    EXCLUDE USING gist (room WITH =, during WITH &&)
);

CREATE TABLE prescription (
    animal_id bigint NOT NULL,
    during tstzrange NOT NULL,
    line integer NOT NULL,
    drug text NOT NULL,
    dose numeric,
    PRIMARY KEY (animal_id, during, line),
    FOREIGN KEY (animal_id, during) REFERENCES appointment ON DELETE CASCADE,
    UNIQUE (animal_id, drug, dose)
);

-- A table that has no key, and one that has no column.
CREATE TABLE scale_log (at timestamptz DEFAULT now(), weight real, raw bytea, sensor macaddr, seen inet);
CREATE TABLE placeholder ();

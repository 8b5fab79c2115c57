-- A ferry line: identities, enumerated types, schemas that refer to each other, partitions by time and by list.
CREATE SCHEMA fleet;
CREATE SCHEMA sales;
COMMENT ON SCHEMA fleet IS 'What sails.';

CREATE TYPE fleet.vessel_class AS ENUM ('catamaran', 'ro-ro', 'cable ferry');
CREATE TYPE sales.fare AS ENUM ('single', 'return', 'season');

CREATE TABLE fleet.harbour (
    code char(3) PRIMARY KEY,
    name text NOT NULL UNIQUE,
    position point,
    opened date
);

CREATE TABLE fleet.vessel (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar(60) NOT NULL,
    class fleet.vessel_class NOT NULL DEFAULT 'ro-ro',
    home char(3) NOT NULL REFERENCES fleet.harbour ON UPDATE CASCADE,
    seats smallint NOT NULL CHECK (seats BETWEEN 0 AND 2000),
    successor_of integer REFERENCES fleet.vessel ON DELETE SET NULL,
    CONSTRAINT vessel_name_per_home UNIQUE (home, name)
);
COMMENT ON TABLE fleet.vessel IS 'A ship, in service or not.';
COMMENT ON COLUMN fleet.vessel.seats IS 'Passengers, without the crew.';

CREATE TABLE fleet.crossing (
    departs timestamptz NOT NULL,
    line smallint NOT NULL,
    vessel_id integer NOT NULL REFERENCES fleet.vessel ON DELETE RESTRICT,
    from_code char(3) NOT NULL REFERENCES fleet.harbour,
    to_code char(3) NOT NULL REFERENCES fleet.harbour,
    delay interval,
    -- The key's order is not the table's.
    PRIMARY KEY (line, departs),
    CHECK (from_code <> to_code)
) PARTITION BY RANGE (departs);
CREATE TABLE fleet.crossing_past PARTITION OF fleet.crossing FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
CREATE TABLE fleet.crossing_now PARTITION OF fleet.crossing FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);

CREATE TABLE sales.passenger (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text,
    born date,
    joined timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX passenger_email_is_known_once ON sales.passenger (lower(email));
CREATE UNIQUE INDEX passenger_born_with_email ON sales.passenger (born) WHERE email IS NOT NULL;

CREATE TABLE sales.ticket (
    region text NOT NULL,
    number bigint NOT NULL,
    passenger_id uuid NOT NULL REFERENCES sales.passenger DEFERRABLE INITIALLY DEFERRED,
    line smallint NOT NULL,
    departs timestamptz NOT NULL,
    fare sales.fare NOT NULL,
    paid numeric(8,2) NOT NULL DEFAULT 0,
    PRIMARY KEY (region, number),
    FOREIGN KEY (line, departs) REFERENCES fleet.crossing (line, departs) ON UPDATE CASCADE ON DELETE CASCADE
) PARTITION BY LIST (region);
CREATE TABLE sales.ticket_north PARTITION OF sales.ticket FOR VALUES IN ('north');
CREATE TABLE sales.ticket_other PARTITION OF sales.ticket DEFAULT;

CREATE VIEW sales.takings AS
    SELECT t.line, count(*) AS tickets, sum(t.paid) AS paid FROM sales.ticket t GROUP BY t.line;
CREATE MATERIALIZED VIEW sales.busiest AS SELECT line, max(tickets) AS tickets FROM sales.takings GROUP BY line;
CREATE UNIQUE INDEX busiest_line ON sales.busiest (line);

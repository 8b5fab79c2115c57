-- Who buys: accounts, what they tell about themselves, and where their parcels and invoices go.

CREATE TABLE customer (
  id bigint GENERATED ALWAYS AS IDENTITY,
  public_id uuid NOT NULL DEFAULT gen_random_uuid(),
  email varchar(254) NOT NULL,
  full_name varchar(200) NOT NULL,
  status varchar(12) NOT NULL DEFAULT 'active',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT customer_pkey PRIMARY KEY (id),
  CONSTRAINT customer_public_id_key UNIQUE (public_id),
  CONSTRAINT customer_email_key UNIQUE (email),
  CONSTRAINT customer_email_form CHECK (email LIKE '%_@_%'),
  CONSTRAINT customer_full_name_length CHECK (char_length(full_name) BETWEEN 1 AND 200),
  CONSTRAINT customer_status_known CHECK (status IN ('active', 'suspended', 'closed'))
);
CREATE INDEX customer_created_at_idx ON customer (created_at);
COMMENT ON TABLE customer IS 'An account that can place orders.';
COMMENT ON COLUMN customer.public_id IS 'The identity shown to the outside, which tells nothing about how many customers there are.';
COMMENT ON COLUMN customer.email IS 'Stored in lower case by the application.';

CREATE TABLE customer_profile (
  customer_id bigint NOT NULL,
  date_of_birth date,
  phone varchar(32),
  locale varchar(10) NOT NULL DEFAULT 'en-GB',
  newsletter boolean NOT NULL DEFAULT false,
  loyalty_points integer NOT NULL DEFAULT 0,
  preferences jsonb NOT NULL DEFAULT '{}',
  avatar bytea,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT customer_profile_pkey PRIMARY KEY (customer_id),
  CONSTRAINT customer_profile_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id) ON DELETE CASCADE,
  CONSTRAINT customer_profile_phone_length CHECK (char_length(phone) >= 5),
  CONSTRAINT customer_profile_loyalty_points_not_negative CHECK (loyalty_points >= 0)
);
COMMENT ON TABLE customer_profile IS 'What a customer chose to tell. At most one row for each customer.';
COMMENT ON COLUMN customer_profile.locale IS 'A language tag such as "de-AT", for letters and prices.';
COMMENT ON COLUMN customer_profile.avatar IS 'A small PNG picture.';

CREATE TABLE address (
  id bigint GENERATED ALWAYS AS IDENTITY,
  customer_id bigint NOT NULL,
  type varchar(12) NOT NULL DEFAULT 'home',
  recipient varchar(200) NOT NULL,
  street varchar(200) NOT NULL,
  extra varchar(200),
  postcode varchar(16) NOT NULL,
  city varchar(120) NOT NULL,
  country char(2) NOT NULL,
  is_default boolean NOT NULL DEFAULT false,
  CONSTRAINT address_pkey PRIMARY KEY (id),
  CONSTRAINT address_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT address_type_known CHECK (type IN ('home', 'work', 'parcel_shop')),
  CONSTRAINT address_postcode_length CHECK (char_length(postcode) BETWEEN 2 AND 16),
  CONSTRAINT address_country_code CHECK (country ~ '^[A-Z]{2}$')
);
CREATE INDEX address_customer_id_idx ON address (customer_id);
CREATE UNIQUE INDEX address_default_key ON address (customer_id) WHERE is_default;
COMMENT ON TABLE address IS 'A place that parcels or invoices are sent to.';
COMMENT ON COLUMN address.is_default IS 'Offered first at the checkout. No customer has two such addresses.';

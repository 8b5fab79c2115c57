-- Who buys: accounts, what they tell about themselves, and where their parcels and invoices go.

-- An account that can place orders.
CREATE TABLE customer (
  id INTEGER NOT NULL PRIMARY KEY,
  -- The identity shown to the outside, which tells nothing about how many customers there are.
  public_id UUID NOT NULL DEFAULT (
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
      || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
  ),
  email VARCHAR(254) NOT NULL, -- Stored in lower case by the application.
  full_name VARCHAR(200) NOT NULL,
  status VARCHAR(12) NOT NULL DEFAULT 'active',
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT customer_public_id_key UNIQUE (public_id),
  CONSTRAINT customer_email_key UNIQUE (email),
  CONSTRAINT customer_email_form CHECK (email LIKE '%_@_%'),
  CONSTRAINT customer_full_name_length CHECK (length(full_name) BETWEEN 1 AND 200),
  CONSTRAINT customer_status_known CHECK (status IN ('active', 'suspended', 'closed'))
);
CREATE INDEX customer_created_at_idx ON customer (created_at);

-- What a customer chose to tell. At most one row for each customer.
CREATE TABLE customer_profile (
  customer_id INTEGER NOT NULL PRIMARY KEY,
  date_of_birth DATE,
  phone VARCHAR(32),
  locale VARCHAR(10) NOT NULL DEFAULT 'en-GB', -- A language tag such as "de-AT", for letters and prices.
  newsletter BOOLEAN NOT NULL DEFAULT FALSE,
  loyalty_points INTEGER NOT NULL DEFAULT 0,
  preferences JSON NOT NULL DEFAULT '{}',
  avatar BLOB, -- A small PNG picture.
  updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT customer_profile_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id) ON DELETE CASCADE,
  CONSTRAINT customer_profile_phone_length CHECK (length(phone) >= 5),
  CONSTRAINT customer_profile_newsletter_boolean CHECK (newsletter IN (0, 1)),
  CONSTRAINT customer_profile_loyalty_points_not_negative CHECK (loyalty_points >= 0),
  CONSTRAINT customer_profile_preferences_json CHECK (json_valid(preferences))
);

-- A place that parcels or invoices are sent to.
CREATE TABLE address (
  id INTEGER NOT NULL PRIMARY KEY,
  customer_id INTEGER NOT NULL,
  type VARCHAR(12) NOT NULL DEFAULT 'home',
  recipient VARCHAR(200) NOT NULL,
  street VARCHAR(200) NOT NULL,
  extra VARCHAR(200),
  postcode VARCHAR(16) NOT NULL,
  city VARCHAR(120) NOT NULL,
  country CHAR(2) NOT NULL,
  is_default BOOLEAN NOT NULL DEFAULT FALSE, -- Offered first at the checkout. No customer has two such addresses.
  CONSTRAINT address_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT address_type_known CHECK (type IN ('home', 'work', 'parcel_shop')),
  CONSTRAINT address_postcode_length CHECK (length(postcode) BETWEEN 2 AND 16),
  CONSTRAINT address_country_code CHECK (country GLOB '[A-Z][A-Z]'),
  CONSTRAINT address_is_default_boolean CHECK (is_default IN (0, 1))
);
CREATE INDEX address_customer_id_idx ON address (customer_id);
CREATE UNIQUE INDEX address_default_key ON address (customer_id) WHERE is_default;

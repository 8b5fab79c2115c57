-- Who buys: accounts, what they tell about themselves, and where their parcels and invoices go.

CREATE TABLE customer (
  id bigint NOT NULL AUTO_INCREMENT,
  public_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT (uuid())
    COMMENT 'The identity shown to the outside, which tells nothing about how many customers there are.',
  email varchar(254) NOT NULL COMMENT 'Stored in lower case by the application.',
  full_name varchar(200) NOT NULL,
  status varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'active',
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  CONSTRAINT customer_public_id_key UNIQUE (public_id),
  CONSTRAINT customer_email_key UNIQUE (email),
  KEY customer_created_at_idx (created_at),
  CONSTRAINT customer_email_form CHECK (email LIKE '%_@_%'),
  CONSTRAINT customer_full_name_length CHECK (char_length(full_name) BETWEEN 1 AND 200),
  CONSTRAINT customer_status_known CHECK (status IN ('active', 'suspended', 'closed'))
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'An account that can place orders.';

CREATE TABLE customer_profile (
  customer_id bigint NOT NULL,
  date_of_birth date,
  phone varchar(32),
  locale varchar(10) NOT NULL DEFAULT 'en-GB' COMMENT 'A language tag such as "de-AT", for letters and prices.',
  newsletter boolean NOT NULL DEFAULT false,
  loyalty_points int NOT NULL DEFAULT 0,
  preferences json NOT NULL DEFAULT (json_object()),
  avatar mediumblob COMMENT 'A small PNG picture.',
  updated_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (customer_id),
  CONSTRAINT customer_profile_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id) ON DELETE CASCADE,
  CONSTRAINT customer_profile_phone_length CHECK (char_length(phone) >= 5),
  CONSTRAINT customer_profile_loyalty_points_not_negative CHECK (loyalty_points >= 0)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'What a customer chose to tell. At most one row for each customer.';

-- There are no partial indexes here: that a customer has one default address at most is seen to by the application.
CREATE TABLE address (
  id bigint NOT NULL AUTO_INCREMENT,
  customer_id bigint NOT NULL,
  type varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'home',
  recipient varchar(200) NOT NULL,
  street varchar(200) NOT NULL,
  extra varchar(200),
  postcode varchar(16) NOT NULL,
  city varchar(120) NOT NULL,
  country char(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  is_default boolean NOT NULL DEFAULT false
    COMMENT 'Offered first at the checkout. No customer has two such addresses.',
  PRIMARY KEY (id),
  KEY address_customer_id_idx (customer_id),
  CONSTRAINT address_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT address_type_known CHECK (type IN ('home', 'work', 'parcel_shop')),
  CONSTRAINT address_postcode_length CHECK (char_length(postcode) BETWEEN 2 AND 16),
  CONSTRAINT address_country_code CHECK (country REGEXP '^[A-Z]{2}$')
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'A place that parcels or invoices are sent to.';

-- What the shop sells: books, who wrote and published them, and the shelves they stand on.

CREATE TYPE book_format AS ENUM ('hardcover', 'paperback', 'ebook', 'audiobook');

CREATE DOMAIN isbn13 AS varchar(13)
  CONSTRAINT isbn13_is_thirteen_digits CHECK (VALUE ~ '^97[89][0-9]{10}$');
COMMENT ON DOMAIN isbn13 IS 'An ISBN of thirteen digits, without hyphens.';

CREATE TABLE publisher (
  id bigint GENERATED ALWAYS AS IDENTITY,
  name varchar(200) NOT NULL,
  country char(2) NOT NULL,
  website varchar(500),
  CONSTRAINT publisher_pkey PRIMARY KEY (id),
  CONSTRAINT publisher_name_key UNIQUE (name),
  CONSTRAINT publisher_name_not_empty CHECK (char_length(name) >= 1),
  CONSTRAINT publisher_country_code CHECK (country ~ '^[A-Z]{2}$')
);
COMMENT ON TABLE publisher IS 'A house that the shop buys from.';
COMMENT ON COLUMN publisher.country IS 'ISO 3166-1 code of the country where the house is registered.';

CREATE TABLE author (
  id bigint GENERATED ALWAYS AS IDENTITY,
  given_name varchar(100),
  family_name varchar(100) NOT NULL,
  sort_name varchar(202) NOT NULL GENERATED ALWAYS AS (
    CASE WHEN given_name IS NULL THEN family_name ELSE family_name || ', ' || given_name END
  ) STORED,
  born_in smallint,
  biography text,
  CONSTRAINT author_pkey PRIMARY KEY (id),
  CONSTRAINT author_family_name_not_empty CHECK (char_length(family_name) >= 1),
  CONSTRAINT author_born_in_range CHECK (born_in BETWEEN 1 AND 2100)
);
CREATE INDEX author_sort_name_idx ON author (sort_name);
COMMENT ON TABLE author IS 'A person who writes, translates, illustrates or reads aloud.';
COMMENT ON COLUMN author.given_name IS 'Absent where an author goes by one name.';
COMMENT ON COLUMN author.sort_name IS 'The name as it stands in an alphabetical list.';

CREATE TABLE series (
  id bigint GENERATED ALWAYS AS IDENTITY,
  title varchar(300) NOT NULL,
  planned_volumes smallint,
  CONSTRAINT series_pkey PRIMARY KEY (id),
  CONSTRAINT series_planned_volumes_positive CHECK (planned_volumes > 0)
);
COMMENT ON TABLE series IS 'Books that are meant to be read in order.';

CREATE TABLE category (
  id integer GENERATED ALWAYS AS IDENTITY,
  parent_id integer,
  slug varchar(60) NOT NULL,
  name varchar(120) NOT NULL,
  "position" integer NOT NULL DEFAULT 0,
  CONSTRAINT category_pkey PRIMARY KEY (id),
  CONSTRAINT category_slug_key UNIQUE (slug),
  CONSTRAINT category_parent_name_key UNIQUE (parent_id, name),
  CONSTRAINT category_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES category (id) ON DELETE RESTRICT,
  CONSTRAINT category_slug_form CHECK (slug ~ '^[a-z0-9-]+$'),
  CONSTRAINT category_position_not_negative CHECK ("position" >= 0)
);
COMMENT ON TABLE category IS 'A shelf of the shop. Shelves stand inside other shelves.';
COMMENT ON COLUMN category.parent_id IS 'The shelf around this one; absent at the top.';
COMMENT ON COLUMN category.slug IS 'The name in web addresses: lower case letters, digits and hyphens.';

CREATE TABLE book (
  id bigint GENERATED ALWAYS AS IDENTITY,
  isbn isbn13 NOT NULL,
  title varchar(300) NOT NULL,
  subtitle varchar(300),
  format book_format NOT NULL,
  publisher_id bigint NOT NULL,
  category_id integer NOT NULL,
  series_id bigint,
  volume smallint,
  language char(2) NOT NULL DEFAULT 'en',
  page_count integer,
  published_on date,
  price numeric(10,2) NOT NULL,
  available boolean NOT NULL DEFAULT true,
  tags text[] NOT NULL DEFAULT '{}',
  attributes jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT book_pkey PRIMARY KEY (id),
  CONSTRAINT book_isbn_key UNIQUE (isbn),
  CONSTRAINT book_series_volume_key UNIQUE (series_id, volume),
  CONSTRAINT book_publisher_id_fkey FOREIGN KEY (publisher_id) REFERENCES publisher (id),
  CONSTRAINT book_category_id_fkey FOREIGN KEY (category_id) REFERENCES category (id),
  CONSTRAINT book_series_id_fkey FOREIGN KEY (series_id) REFERENCES series (id),
  CONSTRAINT book_title_length CHECK (char_length(title) BETWEEN 1 AND 300),
  CONSTRAINT book_volume_positive CHECK (volume > 0),
  CONSTRAINT book_volume_needs_series CHECK (series_id IS NOT NULL OR volume IS NULL),
  CONSTRAINT book_page_count_positive CHECK (page_count > 0),
  CONSTRAINT book_price_not_negative CHECK (price >= 0)
);
CREATE INDEX book_publisher_id_idx ON book (publisher_id);
CREATE INDEX book_category_id_title_idx ON book (category_id, title);
CREATE INDEX book_published_on_idx ON book (published_on DESC);
COMMENT ON TABLE book IS 'One edition that the shop sells: the hardcover and the paperback of a novel are two books.';
COMMENT ON COLUMN book.volume IS 'The place in the series, counted from 1.';
COMMENT ON COLUMN book.language IS 'ISO 639-1 code of the language that the text is in.';
COMMENT ON COLUMN book.price IS 'What a copy costs today, in euros, with tax.';
COMMENT ON COLUMN book.tags IS 'Free words for the search, such as "prize winner".';
COMMENT ON COLUMN book.attributes IS 'What only some formats have: the running time, the binding, the file size.';

CREATE TABLE book_author (
  book_id bigint NOT NULL,
  author_id bigint NOT NULL,
  role varchar(20) NOT NULL DEFAULT 'author',
  credit_order smallint NOT NULL DEFAULT 1,
  CONSTRAINT book_author_pkey PRIMARY KEY (book_id, author_id, role),
  CONSTRAINT book_author_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE,
  CONSTRAINT book_author_author_id_fkey FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE RESTRICT,
  CONSTRAINT book_author_role_known CHECK (role IN ('author', 'editor', 'translator', 'illustrator', 'narrator')),
  CONSTRAINT book_author_credit_order_positive CHECK (credit_order >= 1)
);
CREATE INDEX book_author_author_id_idx ON book_author (author_id);
COMMENT ON TABLE book_author IS 'Who had which part in a book. One person can have several.';
COMMENT ON COLUMN book_author.credit_order IS 'The place of the name on the cover, counted from 1.';
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
-- What was bought. Prices are copied into the lines, so that an order does not change with the catalogue.

CREATE TABLE customer_order (
  id bigint GENERATED ALWAYS AS IDENTITY,
  order_number varchar(20) NOT NULL,
  customer_id bigint NOT NULL,
  billing_address_id bigint NOT NULL,
  shipping_address_id bigint,
  status varchar(12) NOT NULL DEFAULT 'draft',
  currency char(3) NOT NULL DEFAULT 'EUR',
  discount_rate numeric(4,3) NOT NULL DEFAULT 0,
  shipping_fee numeric(10,2) NOT NULL DEFAULT 0,
  note text,
  created_at timestamptz NOT NULL DEFAULT now(),
  placed_at timestamptz,
  CONSTRAINT customer_order_pkey PRIMARY KEY (id),
  CONSTRAINT customer_order_order_number_key UNIQUE (order_number),
  CONSTRAINT customer_order_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id),
  CONSTRAINT customer_order_billing_address_id_fkey FOREIGN KEY (billing_address_id) REFERENCES address (id),
  CONSTRAINT customer_order_shipping_address_id_fkey FOREIGN KEY (shipping_address_id) REFERENCES address (id),
  CONSTRAINT customer_order_status_known CHECK (status IN ('draft', 'placed', 'paid', 'shipped', 'completed', 'cancelled')),
  CONSTRAINT customer_order_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT customer_order_discount_rate_range CHECK (discount_rate >= 0 AND discount_rate < 1),
  CONSTRAINT customer_order_shipping_fee_not_negative CHECK (shipping_fee >= 0),
  CONSTRAINT customer_order_note_length CHECK (char_length(note) <= 2000),
  CONSTRAINT customer_order_placed_unless_draft CHECK (status IN ('draft', 'cancelled') OR placed_at IS NOT NULL)
);
CREATE INDEX customer_order_customer_id_placed_at_idx ON customer_order (customer_id, placed_at);
CREATE INDEX customer_order_billing_address_id_idx ON customer_order (billing_address_id);
CREATE INDEX customer_order_shipping_address_id_idx ON customer_order (shipping_address_id);
COMMENT ON TABLE customer_order IS 'One visit to the checkout.';
COMMENT ON COLUMN customer_order.order_number IS 'What customers quote in letters, such as "2026-004711".';
COMMENT ON COLUMN customer_order.shipping_address_id IS 'Absent where nothing is shipped, as with ebooks.';
COMMENT ON COLUMN customer_order.discount_rate IS 'The part of the price that is taken off: 0.050 is five per cent.';

CREATE TABLE order_line (
  order_id bigint NOT NULL,
  line_no smallint NOT NULL,
  book_id bigint NOT NULL,
  quantity integer NOT NULL DEFAULT 1,
  unit_price numeric(10,2) NOT NULL,
  line_total numeric(12,2) NOT NULL GENERATED ALWAYS AS (quantity * unit_price) STORED,
  gift_wrap boolean NOT NULL DEFAULT false,
  CONSTRAINT order_line_pkey PRIMARY KEY (order_id, line_no),
  CONSTRAINT order_line_order_id_book_id_key UNIQUE (order_id, book_id),
  CONSTRAINT order_line_order_id_fkey FOREIGN KEY (order_id) REFERENCES customer_order (id) ON DELETE CASCADE,
  CONSTRAINT order_line_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id),
  CONSTRAINT order_line_line_no_positive CHECK (line_no >= 1),
  CONSTRAINT order_line_quantity_range CHECK (quantity BETWEEN 1 AND 999),
  CONSTRAINT order_line_unit_price_not_negative CHECK (unit_price >= 0)
);
CREATE INDEX order_line_book_id_idx ON order_line (book_id);
COMMENT ON TABLE order_line IS 'One book in an order, and how many copies of it.';
COMMENT ON COLUMN order_line.line_no IS 'Counted from 1 in each order.';
COMMENT ON COLUMN order_line.unit_price IS 'What a copy cost when the order was placed.';
COMMENT ON COLUMN order_line.line_total IS 'Before the discount of the order.';
-- Parcels. One order may leave the house in several, and one line may be split between them.

CREATE TABLE shipment (
  id bigint GENERATED ALWAYS AS IDENTITY,
  order_id bigint NOT NULL,
  carrier varchar(40) NOT NULL,
  tracking_code varchar(64),
  status varchar(12) NOT NULL DEFAULT 'packing',
  weight_kg numeric(7,3),
  shipped_at timestamptz,
  delivered_at timestamptz,
  CONSTRAINT shipment_pkey PRIMARY KEY (id),
  CONSTRAINT shipment_carrier_tracking_code_key UNIQUE (carrier, tracking_code),
  CONSTRAINT shipment_order_id_fkey FOREIGN KEY (order_id) REFERENCES customer_order (id),
  CONSTRAINT shipment_status_known CHECK (status IN ('packing', 'in_transit', 'delivered', 'lost', 'returned')),
  CONSTRAINT shipment_weight_kg_range CHECK (weight_kg > 0 AND weight_kg <= 31.5),
  CONSTRAINT shipment_delivered_after_shipped CHECK (delivered_at >= shipped_at)
);
CREATE INDEX shipment_order_id_idx ON shipment (order_id);
COMMENT ON TABLE shipment IS 'A parcel on its way.';
COMMENT ON COLUMN shipment.weight_kg IS 'With the packaging. No carrier takes more than 31.5 kg.';

CREATE TABLE shipment_line (
  shipment_id bigint NOT NULL,
  order_id bigint NOT NULL,
  line_no smallint NOT NULL,
  quantity integer NOT NULL,
  CONSTRAINT shipment_line_pkey PRIMARY KEY (shipment_id, order_id, line_no),
  CONSTRAINT shipment_line_shipment_id_fkey FOREIGN KEY (shipment_id) REFERENCES shipment (id) ON DELETE CASCADE,
  CONSTRAINT shipment_line_order_line_fkey FOREIGN KEY (order_id, line_no) REFERENCES order_line (order_id, line_no),
  CONSTRAINT shipment_line_quantity_positive CHECK (quantity > 0)
);
CREATE INDEX shipment_line_order_line_idx ON shipment_line (order_id, line_no);
COMMENT ON TABLE shipment_line IS 'How many copies of an order line are in a parcel.';
-- What readers think, and how many copies are in the house.

ALTER TABLE book ADD COLUMN reorder_level integer NOT NULL DEFAULT 0
  CONSTRAINT book_reorder_level_not_negative CHECK (reorder_level >= 0);
COMMENT ON COLUMN book.reorder_level IS 'New copies are ordered when fewer than these are left.';

CREATE TABLE review (
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  book_id bigint NOT NULL,
  customer_id bigint NOT NULL,
  rating smallint NOT NULL,
  headline varchar(120),
  body text,
  status varchar(12) NOT NULL DEFAULT 'pending',
  helpful_votes integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT review_pkey PRIMARY KEY (id),
  CONSTRAINT review_book_id_customer_id_key UNIQUE (book_id, customer_id),
  CONSTRAINT review_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE,
  CONSTRAINT review_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id),
  CONSTRAINT review_rating_range CHECK (rating BETWEEN 1 AND 5),
  CONSTRAINT review_body_length CHECK (char_length(body) BETWEEN 1 AND 5000),
  CONSTRAINT review_status_known CHECK (status IN ('pending', 'published', 'rejected')),
  CONSTRAINT review_helpful_votes_not_negative CHECK (helpful_votes >= 0)
);
CREATE INDEX review_customer_id_idx ON review (customer_id);
COMMENT ON TABLE review IS 'What a customer says about a book: once, and seen by others when published.';
COMMENT ON COLUMN review.rating IS 'From 1, poor, to 5, splendid.';

CREATE TABLE stock_level (
  book_id bigint NOT NULL,
  warehouse varchar(20) NOT NULL,
  on_hand integer NOT NULL DEFAULT 0,
  reserved integer NOT NULL DEFAULT 0,
  shelf varchar(20),
  counted_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT stock_level_pkey PRIMARY KEY (book_id, warehouse),
  CONSTRAINT stock_level_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE,
  CONSTRAINT stock_level_on_hand_not_negative CHECK (on_hand >= 0),
  CONSTRAINT stock_level_reserved_range CHECK (reserved >= 0 AND reserved <= on_hand)
);
COMMENT ON TABLE stock_level IS 'How many copies of a book a warehouse holds.';
COMMENT ON COLUMN stock_level.reserved IS 'Copies that are sold and not yet packed.';
COMMENT ON COLUMN stock_level.counted_at IS 'When somebody last counted them by hand.';
-- What happened, for those who have to explain it, and what the shop looks at every morning.

CREATE TABLE audit_log (
  logged_at timestamptz NOT NULL DEFAULT now(),
  actor varchar(120) NOT NULL,
  action varchar(10) NOT NULL,
  entity varchar(60) NOT NULL,
  entity_key varchar(120) NOT NULL,
  details jsonb,
  CONSTRAINT audit_log_action_known CHECK (action IN ('insert', 'update', 'delete'))
);
CREATE INDEX audit_log_entity_idx ON audit_log (entity, entity_key);
COMMENT ON TABLE audit_log IS 'Who changed what. Rows are only ever added, and refer to nothing, so that they outlive what they tell of.';
COMMENT ON COLUMN audit_log.entity_key IS 'The primary key of the changed row, its parts joined by commas.';

CREATE VIEW order_summary AS
SELECT
  o.id AS order_id,
  o.order_number,
  o.customer_id,
  c.full_name AS customer_name,
  o.status,
  o.placed_at,
  count(l.line_no) AS line_count,
  coalesce(sum(l.quantity), 0) AS copies,
  coalesce(sum(l.line_total), 0) AS goods_total
FROM customer_order AS o
JOIN customer AS c ON c.id = o.customer_id
LEFT JOIN order_line AS l ON l.order_id = o.id
GROUP BY o.id, o.order_number, o.customer_id, c.full_name, o.status, o.placed_at;
COMMENT ON VIEW order_summary IS 'Every order with the sum of its lines, before discount and shipping.';

CREATE VIEW bestseller AS
SELECT
  b.id AS book_id,
  b.isbn,
  b.title,
  sum(l.quantity) AS copies_sold,
  sum(l.line_total) AS revenue
FROM book AS b
JOIN order_line AS l ON l.book_id = b.id
JOIN customer_order AS o ON o.id = l.order_id
WHERE o.status IN ('paid', 'shipped', 'completed')
GROUP BY b.id, b.isbn, b.title;
COMMENT ON VIEW bestseller IS 'How many copies of each book were paid for.';

-- What the shop sells: books, who wrote and published them, and the shelves they stand on.

CREATE TABLE publisher (
  id bigint NOT NULL AUTO_INCREMENT,
  name varchar(200) NOT NULL,
  country char(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
    COMMENT 'ISO 3166-1 code of the country where the house is registered.',
  website varchar(500),
  PRIMARY KEY (id),
  CONSTRAINT publisher_name_key UNIQUE (name),
  CONSTRAINT publisher_name_not_empty CHECK (char_length(name) >= 1),
  CONSTRAINT publisher_country_code CHECK (country REGEXP '^[A-Z]{2}$')
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'A house that the shop buys from.';

CREATE TABLE author (
  id bigint NOT NULL AUTO_INCREMENT,
  given_name varchar(100) COMMENT 'Absent where an author goes by one name.',
  family_name varchar(100) NOT NULL,
  sort_name varchar(202) GENERATED ALWAYS AS (
    CASE WHEN given_name IS NULL THEN family_name ELSE concat(family_name, ', ', given_name) END
  ) VIRTUAL COMMENT 'The name as it stands in an alphabetical list.',
  born_in smallint,
  biography text,
  PRIMARY KEY (id),
  KEY author_sort_name_idx (sort_name),
  CONSTRAINT author_family_name_not_empty CHECK (char_length(family_name) >= 1),
  CONSTRAINT author_born_in_range CHECK (born_in BETWEEN 1 AND 2100)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'A person who writes, translates, illustrates or reads aloud.';

CREATE TABLE series (
  id bigint NOT NULL AUTO_INCREMENT,
  title varchar(300) NOT NULL,
  planned_volumes smallint,
  PRIMARY KEY (id),
  CONSTRAINT series_planned_volumes_positive CHECK (planned_volumes > 0)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'Books that are meant to be read in order.';

CREATE TABLE category (
  id int NOT NULL AUTO_INCREMENT,
  parent_id int COMMENT 'The shelf around this one; absent at the top.',
  slug varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
    COMMENT 'The name in web addresses: lower case letters, digits and hyphens.',
  name varchar(120) NOT NULL,
  `position` int NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  CONSTRAINT category_slug_key UNIQUE (slug),
  CONSTRAINT category_parent_name_key UNIQUE (parent_id, name),
  CONSTRAINT category_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES category (id) ON DELETE RESTRICT,
  CONSTRAINT category_slug_form CHECK (slug REGEXP '^[a-z0-9-]+$'),
  CONSTRAINT category_position_not_negative CHECK (`position` >= 0)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'A shelf of the shop. Shelves stand inside other shelves.';

CREATE TABLE book (
  id bigint NOT NULL AUTO_INCREMENT,
  isbn varchar(13) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
    COMMENT 'An ISBN of thirteen digits, without hyphens.',
  title varchar(300) NOT NULL,
  subtitle varchar(300),
  format enum('hardcover', 'paperback', 'ebook', 'audiobook') NOT NULL,
  publisher_id bigint NOT NULL,
  category_id int NOT NULL,
  series_id bigint,
  volume smallint COMMENT 'The place in the series, counted from 1.',
  language char(2) CHARACTER SET ascii NOT NULL DEFAULT 'en'
    COMMENT 'ISO 639-1 code of the language that the text is in.',
  page_count int,
  published_on date,
  price decimal(10,2) NOT NULL COMMENT 'What a copy costs today, in euros, with tax.',
  available boolean NOT NULL DEFAULT true,
  tags json NOT NULL DEFAULT (json_array())
    COMMENT 'An array of free words for the search, such as "prize winner".',
  attributes json NOT NULL DEFAULT (json_object())
    COMMENT 'What only some formats have: the running time, the binding, the file size.',
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  CONSTRAINT book_isbn_key UNIQUE (isbn),
  CONSTRAINT book_series_volume_key UNIQUE (series_id, volume),
  KEY book_publisher_id_idx (publisher_id),
  KEY book_category_id_title_idx (category_id, title),
  KEY book_published_on_idx (published_on DESC),
  CONSTRAINT book_publisher_id_fkey FOREIGN KEY (publisher_id) REFERENCES publisher (id),
  CONSTRAINT book_category_id_fkey FOREIGN KEY (category_id) REFERENCES category (id),
  CONSTRAINT book_series_id_fkey FOREIGN KEY (series_id) REFERENCES series (id),
  CONSTRAINT book_isbn_is_thirteen_digits CHECK (isbn REGEXP '^97[89][0-9]{10}$'),
  CONSTRAINT book_title_length CHECK (char_length(title) BETWEEN 1 AND 300),
  CONSTRAINT book_volume_positive CHECK (volume > 0),
  CONSTRAINT book_volume_needs_series CHECK (series_id IS NOT NULL OR volume IS NULL),
  CONSTRAINT book_page_count_positive CHECK (page_count > 0),
  CONSTRAINT book_price_not_negative CHECK (price >= 0)
) DEFAULT CHARACTER SET utf8mb4
  COMMENT 'One edition that the shop sells: the hardcover and the paperback of a novel are two books.';

CREATE TABLE book_author (
  book_id bigint NOT NULL,
  author_id bigint NOT NULL,
  role varchar(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'author',
  credit_order smallint NOT NULL DEFAULT 1 COMMENT 'The place of the name on the cover, counted from 1.',
  PRIMARY KEY (book_id, author_id, role),
  KEY book_author_author_id_idx (author_id),
  CONSTRAINT book_author_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE,
  CONSTRAINT book_author_author_id_fkey FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE RESTRICT,
  CONSTRAINT book_author_role_known CHECK (role IN ('author', 'editor', 'translator', 'illustrator', 'narrator')),
  CONSTRAINT book_author_credit_order_positive CHECK (credit_order >= 1)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'Who had which part in a book. One person can have several.';
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
-- What was bought. Prices are copied into the lines, so that an order does not change with the catalogue.

CREATE TABLE customer_order (
  id bigint NOT NULL AUTO_INCREMENT,
  order_number varchar(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
    COMMENT 'What customers quote in letters, such as "2026-004711".',
  customer_id bigint NOT NULL,
  billing_address_id bigint NOT NULL,
  shipping_address_id bigint COMMENT 'Absent where nothing is shipped, as with ebooks.',
  status varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'draft',
  currency char(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'EUR',
  discount_rate decimal(4,3) NOT NULL DEFAULT 0
    COMMENT 'The part of the price that is taken off: 0.050 is five per cent.',
  shipping_fee decimal(10,2) NOT NULL DEFAULT 0,
  note text,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  placed_at datetime(6),
  PRIMARY KEY (id),
  CONSTRAINT customer_order_order_number_key UNIQUE (order_number),
  KEY customer_order_customer_id_placed_at_idx (customer_id, placed_at),
  KEY customer_order_billing_address_id_idx (billing_address_id),
  KEY customer_order_shipping_address_id_idx (shipping_address_id),
  CONSTRAINT customer_order_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id),
  CONSTRAINT customer_order_billing_address_id_fkey FOREIGN KEY (billing_address_id) REFERENCES address (id),
  CONSTRAINT customer_order_shipping_address_id_fkey FOREIGN KEY (shipping_address_id) REFERENCES address (id),
  CONSTRAINT customer_order_status_known CHECK (status IN ('draft', 'placed', 'paid', 'shipped', 'completed', 'cancelled')),
  CONSTRAINT customer_order_currency_code CHECK (currency REGEXP '^[A-Z]{3}$'),
  CONSTRAINT customer_order_discount_rate_range CHECK (discount_rate >= 0 AND discount_rate < 1),
  CONSTRAINT customer_order_shipping_fee_not_negative CHECK (shipping_fee >= 0),
  CONSTRAINT customer_order_note_length CHECK (char_length(note) <= 2000),
  CONSTRAINT customer_order_placed_unless_draft CHECK (status IN ('draft', 'cancelled') OR placed_at IS NOT NULL)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'One visit to the checkout.';

CREATE TABLE order_line (
  order_id bigint NOT NULL,
  line_no smallint NOT NULL COMMENT 'Counted from 1 in each order.',
  book_id bigint NOT NULL,
  quantity int NOT NULL DEFAULT 1,
  unit_price decimal(10,2) NOT NULL COMMENT 'What a copy cost when the order was placed.',
  line_total decimal(12,2) GENERATED ALWAYS AS (quantity * unit_price) STORED
    COMMENT 'Before the discount of the order.',
  gift_wrap boolean NOT NULL DEFAULT false,
  PRIMARY KEY (order_id, line_no),
  CONSTRAINT order_line_order_id_book_id_key UNIQUE (order_id, book_id),
  KEY order_line_book_id_idx (book_id),
  CONSTRAINT order_line_order_id_fkey FOREIGN KEY (order_id) REFERENCES customer_order (id) ON DELETE CASCADE,
  CONSTRAINT order_line_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id),
  CONSTRAINT order_line_line_no_positive CHECK (line_no >= 1),
  CONSTRAINT order_line_quantity_range CHECK (quantity BETWEEN 1 AND 999),
  CONSTRAINT order_line_unit_price_not_negative CHECK (unit_price >= 0)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'One book in an order, and how many copies of it.';
-- Parcels. One order may leave the house in several, and one line may be split between them.

CREATE TABLE shipment (
  id bigint NOT NULL AUTO_INCREMENT,
  order_id bigint NOT NULL,
  carrier varchar(40) NOT NULL,
  tracking_code varchar(64),
  status varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'packing',
  weight_kg decimal(7,3) COMMENT 'With the packaging. No carrier takes more than 31.5 kg.',
  shipped_at datetime(6),
  delivered_at datetime(6),
  PRIMARY KEY (id),
  CONSTRAINT shipment_carrier_tracking_code_key UNIQUE (carrier, tracking_code),
  KEY shipment_order_id_idx (order_id),
  CONSTRAINT shipment_order_id_fkey FOREIGN KEY (order_id) REFERENCES customer_order (id),
  CONSTRAINT shipment_status_known CHECK (status IN ('packing', 'in_transit', 'delivered', 'lost', 'returned')),
  CONSTRAINT shipment_weight_kg_range CHECK (weight_kg > 0 AND weight_kg <= 31.5),
  CONSTRAINT shipment_delivered_after_shipped CHECK (delivered_at >= shipped_at)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'A parcel on its way.';

CREATE TABLE shipment_line (
  shipment_id bigint NOT NULL,
  order_id bigint NOT NULL,
  line_no smallint NOT NULL,
  quantity int NOT NULL,
  PRIMARY KEY (shipment_id, order_id, line_no),
  KEY shipment_line_order_line_idx (order_id, line_no),
  CONSTRAINT shipment_line_shipment_id_fkey FOREIGN KEY (shipment_id) REFERENCES shipment (id) ON DELETE CASCADE,
  CONSTRAINT shipment_line_order_line_fkey FOREIGN KEY (order_id, line_no) REFERENCES order_line (order_id, line_no),
  CONSTRAINT shipment_line_quantity_positive CHECK (quantity > 0)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'How many copies of an order line are in a parcel.';
-- What readers think, and how many copies are in the house.

ALTER TABLE book
  ADD COLUMN reorder_level int NOT NULL DEFAULT 0 COMMENT 'New copies are ordered when fewer than these are left.',
  ADD CONSTRAINT book_reorder_level_not_negative CHECK (reorder_level >= 0);

CREATE TABLE review (
  id bigint NOT NULL AUTO_INCREMENT,
  book_id bigint NOT NULL,
  customer_id bigint NOT NULL,
  rating smallint NOT NULL COMMENT 'From 1, poor, to 5, splendid.',
  headline varchar(120),
  body text,
  status varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
  helpful_votes int NOT NULL DEFAULT 0,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  CONSTRAINT review_book_id_customer_id_key UNIQUE (book_id, customer_id),
  KEY review_customer_id_idx (customer_id),
  CONSTRAINT review_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE,
  CONSTRAINT review_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id),
  CONSTRAINT review_rating_range CHECK (rating BETWEEN 1 AND 5),
  CONSTRAINT review_body_length CHECK (char_length(body) BETWEEN 1 AND 5000),
  CONSTRAINT review_status_known CHECK (status IN ('pending', 'published', 'rejected')),
  CONSTRAINT review_helpful_votes_not_negative CHECK (helpful_votes >= 0)
) DEFAULT CHARACTER SET utf8mb4
  COMMENT 'What a customer says about a book: once, and seen by others when published.';

CREATE TABLE stock_level (
  book_id bigint NOT NULL,
  warehouse varchar(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  on_hand int NOT NULL DEFAULT 0,
  reserved int NOT NULL DEFAULT 0 COMMENT 'Copies that are sold and not yet packed.',
  shelf varchar(20),
  counted_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'When somebody last counted them by hand.',
  PRIMARY KEY (book_id, warehouse),
  CONSTRAINT stock_level_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE,
  CONSTRAINT stock_level_on_hand_not_negative CHECK (on_hand >= 0),
  CONSTRAINT stock_level_reserved_range CHECK (reserved >= 0 AND reserved <= on_hand)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'How many copies of a book a warehouse holds.';
-- What happened, for those who have to explain it, and what the shop looks at every morning.

CREATE TABLE audit_log (
  logged_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  actor varchar(120) NOT NULL,
  action varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  entity varchar(60) NOT NULL,
  entity_key varchar(120) NOT NULL COMMENT 'The primary key of the changed row, its parts joined by commas.',
  details json,
  KEY audit_log_entity_idx (entity, entity_key),
  CONSTRAINT audit_log_action_known CHECK (action IN ('insert', 'update', 'delete'))
) DEFAULT CHARACTER SET utf8mb4
  COMMENT 'Who changed what. Rows are only ever added, and refer to nothing, so that they outlive what they tell of.';

-- Every order with the sum of its lines, before discount and shipping.
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

-- How many copies of each book were paid for.
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

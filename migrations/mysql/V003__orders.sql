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

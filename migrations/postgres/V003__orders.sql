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

// @generated automatically by Diesel CLI.

diesel::table! {
    address (id) {
        id -> Integer,
        customer_id -> BigInt,
        #[sql_name = "type"]
        type_ -> Text,
        recipient -> Text,
        street -> Text,
        extra -> Nullable<Text>,
        postcode -> Text,
        city -> Text,
        country -> Text,
        is_default -> Bool,
    }
}

diesel::table! {
    author (id) {
        id -> Integer,
        given_name -> Nullable<Text>,
        family_name -> Text,
        sort_name -> Text,
        born_in -> Nullable<SmallInt>,
        biography -> Nullable<Text>,
    }
}

diesel::table! {
    book (id) {
        id -> Integer,
        isbn -> Text,
        title -> Text,
        subtitle -> Nullable<Text>,
        format -> Text,
        publisher_id -> BigInt,
        category_id -> Integer,
        series_id -> Nullable<BigInt>,
        volume -> Nullable<SmallInt>,
        language -> Text,
        page_count -> Nullable<Integer>,
        published_on -> Nullable<Date>,
        price -> Double,
        available -> Bool,
        tags -> Json,
        attributes -> Json,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        reorder_level -> Integer,
    }
}

diesel::table! {
    book_author (book_id, author_id, role) {
        book_id -> BigInt,
        author_id -> BigInt,
        role -> Text,
        credit_order -> SmallInt,
    }
}

diesel::table! {
    category (id) {
        id -> Integer,
        parent_id -> Nullable<Integer>,
        slug -> Text,
        name -> Text,
        position -> Integer,
    }
}

diesel::table! {
    customer (id) {
        id -> Integer,
        public_id -> Text,
        email -> Text,
        full_name -> Text,
        status -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    customer_order (id) {
        id -> Integer,
        order_number -> Text,
        customer_id -> BigInt,
        billing_address_id -> BigInt,
        shipping_address_id -> Nullable<BigInt>,
        status -> Text,
        currency -> Text,
        discount_rate -> Double,
        shipping_fee -> Double,
        note -> Nullable<Text>,
        created_at -> Timestamp,
        placed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    customer_profile (customer_id) {
        customer_id -> BigInt,
        date_of_birth -> Nullable<Date>,
        phone -> Nullable<Text>,
        locale -> Text,
        newsletter -> Bool,
        loyalty_points -> Integer,
        preferences -> Json,
        avatar -> Nullable<Binary>,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    order_line (order_id, line_no) {
        order_id -> BigInt,
        line_no -> SmallInt,
        book_id -> BigInt,
        quantity -> Integer,
        unit_price -> Double,
        line_total -> Double,
        gift_wrap -> Bool,
    }
}

diesel::table! {
    publisher (id) {
        id -> Integer,
        name -> Text,
        country -> Text,
        website -> Nullable<Text>,
    }
}

diesel::table! {
    review (id) {
        id -> Integer,
        book_id -> BigInt,
        customer_id -> BigInt,
        rating -> SmallInt,
        headline -> Nullable<Text>,
        body -> Nullable<Text>,
        status -> Text,
        helpful_votes -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    series (id) {
        id -> Integer,
        title -> Text,
        planned_volumes -> Nullable<SmallInt>,
    }
}

diesel::table! {
    shipment (id) {
        id -> Integer,
        order_id -> BigInt,
        carrier -> Text,
        tracking_code -> Nullable<Text>,
        status -> Text,
        weight_kg -> Nullable<Double>,
        shipped_at -> Nullable<Timestamp>,
        delivered_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    shipment_line (shipment_id, order_id, line_no) {
        shipment_id -> BigInt,
        order_id -> BigInt,
        line_no -> SmallInt,
        quantity -> Integer,
    }
}

diesel::table! {
    stock_level (book_id, warehouse) {
        book_id -> BigInt,
        warehouse -> Text,
        on_hand -> Integer,
        reserved -> Integer,
        shelf -> Nullable<Text>,
        counted_at -> Timestamp,
    }
}

diesel::joinable!(book -> publisher (publisher_id));

diesel::allow_tables_to_appear_in_same_query!(address, author, book, publisher,);

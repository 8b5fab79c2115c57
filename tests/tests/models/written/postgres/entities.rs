//! Entities as `sea-orm-cli` writes them, in one file.

pub mod address {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "address")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub customer_id: i64,
        pub r#type: String,
        pub recipient: String,
        pub street: String,
        pub extra: Option<String>,
        pub postcode: String,
        pub city: String,
        pub country: String,
        pub is_default: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod author {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "author")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub given_name: Option<String>,
        pub family_name: String,
        pub sort_name: String,
        pub born_in: Option<i16>,
        #[sea_orm(column_type = "Text", nullable)]
        pub biography: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod book {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "book")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        #[sea_orm(unique)]
        pub isbn: String,
        pub title: String,
        pub subtitle: Option<String>,
        pub format: BookFormat,
        pub publisher_id: i64,
        pub category_id: i32,
        pub series_id: Option<i64>,
        pub volume: Option<i16>,
        pub language: String,
        pub page_count: Option<i32>,
        pub published_on: Option<Date>,
        #[sea_orm(column_type = "Decimal(Some((10, 2)))")]
        pub price: Decimal,
        pub available: bool,
        pub tags: Vec<String>,
        #[sea_orm(column_type = "JsonBinary")]
        pub attributes: Json,
        pub created_at: DateTimeWithTimeZone,
        pub updated_at: DateTimeWithTimeZone,
        pub reorder_level: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod book_author {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "book_author")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub book_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub author_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub role: String,
        pub credit_order: i16,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod category {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "category")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub parent_id: Option<i32>,
        #[sea_orm(unique)]
        pub slug: String,
        pub name: String,
        pub position: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod customer {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "customer")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        #[sea_orm(unique)]
        pub public_id: Uuid,
        #[sea_orm(unique)]
        pub email: String,
        pub full_name: String,
        pub status: String,
        pub created_at: DateTimeWithTimeZone,
        pub updated_at: DateTimeWithTimeZone,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod customer_order {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "customer_order")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        #[sea_orm(unique)]
        pub order_number: String,
        pub customer_id: i64,
        pub billing_address_id: i64,
        pub shipping_address_id: Option<i64>,
        pub status: String,
        pub currency: String,
        #[sea_orm(column_type = "Decimal(Some((4, 3)))")]
        pub discount_rate: Decimal,
        #[sea_orm(column_type = "Decimal(Some((10, 2)))")]
        pub shipping_fee: Decimal,
        #[sea_orm(column_type = "Text", nullable)]
        pub note: Option<String>,
        pub created_at: DateTimeWithTimeZone,
        pub placed_at: Option<DateTimeWithTimeZone>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod customer_profile {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "customer_profile")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer_id: i64,
        pub date_of_birth: Option<Date>,
        pub phone: Option<String>,
        pub locale: String,
        pub newsletter: bool,
        pub loyalty_points: i32,
        #[sea_orm(column_type = "JsonBinary")]
        pub preferences: Json,
        #[sea_orm(column_type = "VarBinary(StringLen::None)", nullable)]
        pub avatar: Option<Vec<u8>>,
        pub updated_at: DateTimeWithTimeZone,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod order_line {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "order_line")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub line_no: i16,
        pub book_id: i64,
        pub quantity: i32,
        #[sea_orm(column_type = "Decimal(Some((10, 2)))")]
        pub unit_price: Decimal,
        #[sea_orm(column_type = "Decimal(Some((12, 2)))")]
        pub line_total: Decimal,
        pub gift_wrap: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod publisher {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "publisher")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        #[sea_orm(unique)]
        pub name: String,
        pub country: String,
        pub website: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod review {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "review")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub book_id: i64,
        pub customer_id: i64,
        pub rating: i16,
        pub headline: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub body: Option<String>,
        pub status: String,
        pub helpful_votes: i32,
        pub created_at: DateTimeWithTimeZone,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod series {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "series")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub title: String,
        pub planned_volumes: Option<i16>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod shipment {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "shipment")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub order_id: i64,
        pub carrier: String,
        pub tracking_code: Option<String>,
        pub status: String,
        #[sea_orm(column_type = "Decimal(Some((7, 3)))", nullable)]
        pub weight_kg: Option<Decimal>,
        pub shipped_at: Option<DateTimeWithTimeZone>,
        pub delivered_at: Option<DateTimeWithTimeZone>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod shipment_line {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "shipment_line")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub shipment_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub line_no: i16,
        pub quantity: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod stock_level {
    use super::sea_orm_active_enums::BookFormat;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "stock_level")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub book_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub warehouse: String,
        pub on_hand: i32,
        pub reserved: i32,
        pub shelf: Option<String>,
        pub counted_at: DateTimeWithTimeZone,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod sea_orm_active_enums {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "book_format")]
    pub enum BookFormat {
        #[sea_orm(string_value = "hardcover")]
        Hardcover,
        #[sea_orm(string_value = "paperback")]
        Paperback,
        #[sea_orm(string_value = "ebook")]
        Ebook,
        #[sea_orm(string_value = "audiobook")]
        Audiobook,
    }
}

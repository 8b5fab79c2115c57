//! Makes `library`, a module of models, from the migrations.

fn main() {
    tablature::build::from_migrations("migrations").name("library").run();
}

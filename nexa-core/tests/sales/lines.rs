//! Products, their prices, and the lines of deals.

use nexa_core::{
    Address, Amount, Choice, Country, Create, Currency, Date, Document, Envelope, Money, Name, Rate, Trash, Update,
    people::org::Configure,
    sales::{
        Account, AmountFrom, Deal, LineItem, Pipeline, Price, PriceBook, Product, TaxRate,
        deal::{
            line::Remove,
            lines::{DealLines, Lines, NewLine, Reprice, SetLines},
        },
        price_book::price::{Of, Quoted},
        pricing::{Discount, Period, PriceTier, TierMode},
        product::{Reactivate, Retire},
    },
    testing::block_on,
};
use serde_json::json;

use super::world::{World, eur, usd};

fn quantity(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn tiers(given: &[(&str, Money)]) -> Document<Vec<PriceTier>> {
    let tier =
        |(from, unit_price): &(&str, Money)| PriceTier { from_quantity: quantity(from), unit_price: *unit_price };
    Document(given.iter().map(tier).collect())
}

/// A tenant that sells a plan by the year and an hour of training.
struct Shop {
    world: World,
    list: PriceBook,
    plan: Product,
    training: Product,
}

impl Shop {
    fn new() -> Self {
        let world = World::new();
        let product = |name: &str| Create::<Product>::new().set(Product::NAME, name);
        let plan = world.run(
            product("Enterprise plan")
                .set(Product::SKU, Choice::parse("ENT").unwrap())
                .set(Product::RECURRING, Period::Year)
                .set(Product::TAX_CLASS, Choice::parse("standard").unwrap()),
        );
        let training = world.run(product("Training"));
        let list = world.run(Create::<PriceBook>::new().set(PriceBook::NAME, "List").set(PriceBook::IS_DEFAULT, true));
        let shop = Self { world, list, plan, training };
        shop.price(&shop.list, &shop.plan, &[("1", usd("500")), ("100", usd("450"))], TierMode::Volume);
        shop.price(&shop.list, &shop.training, &[("1", usd("800"))], TierMode::Volume);
        shop
    }
    fn price(&self, book: &PriceBook, product: &Product, given: &[(&str, Money)], mode: TierMode) -> Price {
        let price = Create::<Price>::new().set(Price::PRICE_BOOK, book).set(Price::PRODUCT, product);
        self.world.run(price.set(Price::TIERS, tiers(given)).set(Price::MODE, mode))
    }
    fn book(&self, name: &str, currency: &str) -> PriceBook {
        let book = Create::<PriceBook>::new().set(PriceBook::NAME, name);
        self.world.run(book.set(PriceBook::CURRENCY, Currency::parse(currency).unwrap()))
    }
    fn of(&self, product: &Product, many: &str) -> Of {
        Of {
            product: product.into(),
            quantity: Some(quantity(many)),
            price_book: None,
            account: None,
            currency: None,
            on: None,
        }
    }
    fn quoted(&self, of: Of) -> Result<Quoted, String> {
        block_on(self.world.admin.ask(of)).map_err(|error| error.code().to_owned())
    }
    fn line(&self, product: &Product, many: &str) -> NewLine {
        NewLine { product: Some(product.into()), quantity: Some(quantity(many)), ..NewLine::default() }
    }
    fn set(&self, deal: &Deal, lines: Vec<NewLine>) -> DealLines {
        self.world.run(SetLines { deal: deal.into(), lines })
    }
    fn lines(&self, deal: &Deal) -> DealLines {
        self.world.ask(Lines { deal: deal.into() })
    }
    fn deal(&self) -> Deal {
        self.world.run(Create::<Deal>::new().set(Deal::NAME, "Acme - Enterprise plan"))
    }
}

#[test]
fn the_amount_of_a_deal_follows_its_lines() {
    let shop = Shop::new();
    let deal = shop.deal();
    let set = shop.set(&deal, vec![shop.line(&shop.plan, "100"), shop.line(&shop.training, "2.5")]);
    assert_eq!(set.deal.amount, Some(usd("47000.00")));
    let totals = set.totals.unwrap();
    assert_eq!((totals.net, totals.yearly), (usd("47000.00"), usd("45000.00")));
    assert_eq!((totals.monthly, totals.contract_value), (usd("3750.00"), usd("47000.00")));
    let plan = &set.lines[0];
    assert_eq!(
        (&*plan.name, plan.sku.as_deref(), plan.recurring),
        ("Enterprise plan", Some("ENT"), Some(Period::Year))
    );
    assert_eq!((*plan.unit_price, plan.list_price, plan.net), (usd("450"), Some(usd("500").into()), usd("45000.00")));

    let world = &shop.world;
    let half = Document(Discount::Rate(Rate::parse("50").unwrap()));
    world.run(Update::of(&set.lines[1]).set(LineItem::DISCOUNT, half));
    assert_eq!(world.get(deal.id).amount, Some(usd("46000.00")));
    world.run(Update::of(plan).set(LineItem::TERM_MONTHS, 18_u32));
    assert_eq!(world.get(deal.id).amount, Some(usd("68500.00")), "eighteen months of 45,000 a year");
    let credit = Create::<LineItem>::new().set(LineItem::DEAL, &deal).set(LineItem::NAME, "Goodwill");
    let credit = world.run(credit.set(LineItem::UNIT_PRICE, usd("-500")));
    assert_eq!((credit.rank, world.get(deal.id).amount), (3, Some(usd("68000.00"))));
    world.run(Remove { line: (&credit).into() });
    assert_eq!(world.get(deal.id).amount, Some(usd("68500.00")));
    assert_eq!(shop.lines(&deal).lines.len(), 2);
}

#[test]
fn who_sets_the_amount_of_a_deal_with_lines_is_refused() {
    let shop = Shop::new();
    let world = &shop.world;
    let deal = shop.deal();
    shop.set(&deal, vec![shop.line(&shop.training, "1")]);
    assert_eq!(world.refused(Update::of(&deal).set(Deal::AMOUNT, usd("1"))), "deal.amount_from_lines");
    let partners = shop.book("Partners", "USD");
    assert_eq!(world.refused(Update::of(&deal).set(Deal::PRICE_BOOK, &partners)), "deal.has_lines");
    // The last line gone, the amount stays and is editable again.
    assert_eq!(shop.set(&deal, Vec::new()).deal.amount, Some(usd("800.00")));
    world.run(Update::of(&deal).set(Deal::AMOUNT, usd("1")).set(Deal::PRICE_BOOK, &partners));
    assert_eq!(world.get(deal.id).amount, Some(usd("1")));
}

#[test]
fn a_pipeline_says_what_of_the_lines_is_the_amount() {
    let shop = Shop::new();
    let world = &shop.world;
    let deal = shop.deal();
    let mut plan = shop.line(&shop.plan, "1");
    plan.term_months = Some(36);
    shop.set(&deal, vec![plan, shop.line(&shop.training, "1")]);
    assert_eq!(world.get(deal.id).amount, Some(usd("2300.00")));
    let pipeline = world.get(deal.pipeline);
    for (from, amount) in
        [(AmountFrom::FirstYear, "1300.00"), (AmountFrom::Yearly, "500.00"), (AmountFrom::Contract, "2300.00")]
    {
        world.run(Update::of(&pipeline).set(Pipeline::AMOUNT_FROM, from));
        assert_eq!(world.get(deal.id).amount, Some(usd(amount)), "{from}");
    }
    let other =
        Create::<Pipeline>::new().set(Pipeline::NAME, "Renewals").set(Pipeline::AMOUNT_FROM, AmountFrom::Yearly);
    let other = world.run(other);
    world.run(Update::of(&deal).set(Deal::PIPELINE, &other));
    assert_eq!(world.get(deal.id).amount, Some(usd("500.00")));
}

#[test]
fn a_price_stands_in_the_book_of_the_deal_the_account_or_the_currency() {
    let shop = Shop::new();
    let world = &shop.world;
    let found = shop.quoted(shop.of(&shop.plan, "99")).unwrap();
    assert_eq!((found.unit_price, found.gross, found.price_book), (usd("500"), usd("49500.00"), shop.list.id));
    assert_eq!(shop.quoted(shop.of(&shop.plan, "100")).unwrap().unit_price, usd("450"));
    assert_eq!(shop.quoted(shop.of(&shop.plan, "0")), Err("line.quantity".to_owned()));

    let partners = shop.book("Partners", "USD");
    shop.price(&partners, &shop.plan, &[("0", usd("300"))], TierMode::Volume);
    let acme = world.account("Acme");
    world.run(Update::of(&acme).set(Account::PRICE_BOOK, &partners));
    let of_acme = |product| Of { account: Some((&acme).into()), ..shop.of(product, "1") };
    assert_eq!(shop.quoted(of_acme(&shop.plan)).unwrap().unit_price, usd("300"));
    assert_eq!(
        shop.quoted(of_acme(&shop.training)).unwrap().unit_price,
        usd("800"),
        "the default has what theirs has not"
    );
    let named = Of { price_book: Some((&partners).into()), ..shop.of(&shop.training, "1") };
    assert_eq!(shop.quoted(named), Err("price.none".to_owned()), "a named book is asked alone");

    // Neither converted, nor nothing.
    let in_euro = Of { currency: Some(Currency::parse("EUR").unwrap()), ..shop.of(&shop.plan, "1") };
    assert_eq!(shop.quoted(in_euro.clone()), Err("price.none".to_owned()));
    let euro = shop.book("Euro", "EUR");
    world.run(Update::of(&euro).set(PriceBook::IS_DEFAULT, true));
    shop.price(&euro, &shop.plan, &[("1", eur("420"))], TierMode::Volume);
    assert_eq!(shop.quoted(in_euro).unwrap().unit_price, eur("420"));
    assert!(world.get(shop.list.id).is_default, "each currency has its default");

    let until = Date::from_ymd_opt(2025, 1, 31).unwrap();
    world.run(Update::of(&shop.list).set(PriceBook::VALID_UNTIL, until));
    assert_eq!(shop.quoted(shop.of(&shop.plan, "1")), Err("price.none".to_owned()));
    let then = Of { on: Some(until), ..shop.of(&shop.plan, "1") };
    assert_eq!(shop.quoted(then).unwrap().unit_price, usd("500"), "it is valid on its last day");
}

#[test]
fn graduated_lines_keep_their_slices() {
    let shop = Shop::new();
    let world = &shop.world;
    let price = Price::of_product(world, &shop.training);
    world.run(
        Update::of(&price)
            .set(Price::TIERS, tiers(&[("1", usd("10")), ("10", usd("8"))]))
            .set(Price::MODE, TierMode::Graduated),
    );
    let deal = shop.deal();
    let set = shop.set(&deal, vec![shop.line(&shop.training, "10")]);
    assert_eq!(set.lines[0].net, usd("98.00"));
    // What becomes of the price later changes no line.
    world.run(Update::of(&price).set(Price::TIERS, tiers(&[("1", usd("99"))])));
    let line = world.run(Update::of(&set.lines[0]).set(LineItem::QUANTITY, quantity("11")));
    assert_eq!(line.net, usd("106.00"));
    let line = world.run(Update::of(&line).set(LineItem::UNIT_PRICE, usd("7")));
    assert_eq!(line.net, usd("77.00"), "a price by hand is one for all");
}

trait OfProduct {
    fn of_product(world: &World, product: &Product) -> Price;
}

impl OfProduct for Price {
    fn of_product(world: &World, product: &Product) -> Price {
        let found = block_on(world.admin.execute(
            "price.find",
            json!({"filter": {"field": "product", "op": "eq", "value": product.id}}),
            Envelope::default(),
        ));
        world.get(serde_json::from_value(found.unwrap()["items"][0]["id"].clone()).unwrap())
    }
}

#[test]
fn all_lines_are_repriced_or_none() {
    let shop = Shop::new();
    let world = &shop.world;
    let deal = shop.deal();
    shop.set(&deal, vec![shop.line(&shop.plan, "2"), shop.line(&shop.training, "1")]);
    let euro = shop.book("Euro", "EUR");
    shop.price(&euro, &shop.plan, &[("1", eur("420"))], TierMode::Volume);
    let reprice = Reprice { deal: (&deal).into(), price_book: (&euro).into() };
    let refused = world.attempt(reprice.clone()).unwrap_err();
    assert_eq!(refused.code(), "deal.lines_unpriced");
    assert!(refused.message().contains("Training"), "{refused}");
    assert_eq!(world.get(deal.id).amount, Some(usd("1800.00")));
    shop.price(&euro, &shop.training, &[("1", eur("700"))], TierMode::Volume);
    let repriced = world.run(reprice);
    assert_eq!((repriced.deal.amount, repriced.deal.price_book), (Some(eur("1540.00")), Some(euro.id)));
}

#[test]
fn tax_is_proposed_for_the_country_of_the_account_and_kept() {
    let shop = Shop::new();
    let world = &shop.world;
    let vat = |percent: &str, day| {
        let class = Choice::parse("standard").unwrap();
        let rate = Create::<TaxRate>::new().set(TaxRate::NAME, Name::parse(&format!("VAT {percent}")).unwrap());
        let rate = rate.set(TaxRate::TAX_CLASS, class).set(TaxRate::COUNTRY, Country::parse("DE").unwrap());
        rate.set(TaxRate::RATE, Rate::parse(percent).unwrap()).set(TaxRate::VALID_FROM, day)
    };
    let day = |year| Date::from_ymd_opt(year, 1, 1).unwrap();
    world.run(vat("16", day(2020)));
    let current = world.run(vat("19", day(2021)));
    world.run(vat("25", day(2030)));
    assert_eq!(world.refused(vat("7", day(2021))), "tax_rate.day_taken");
    let acme = world.account("Acme");
    let address = Address { country: Some(Country::parse("de").unwrap()), ..Address::default() };
    world.run(Update::of(&acme).set(Account::BILLING_ADDRESS, address));
    let deal = shop.deal();
    world.run(Update::of(&deal).set(Deal::ACCOUNT, &acme));
    let set = shop.set(&deal, vec![shop.line(&shop.plan, "1"), shop.line(&shop.training, "1")]);
    let totals = set.totals.unwrap();
    assert_eq!((totals.net, totals.total), (usd("1300.00"), usd("1395.00")));
    assert_eq!(set.deal.amount, Some(usd("1300.00")), "the amount is without tax");
    assert_eq!(set.lines[0].tax_name.as_deref(), Some("VAT 19"));
    assert_eq!(set.lines[1].tax_rate, None, "nobody said how training is taxed");
    world.run(Update::of(&current).set(TaxRate::RATE, Rate::parse("20").unwrap()));
    assert_eq!(shop.lines(&deal).totals.unwrap().total, usd("1395.00"));
}

#[test]
fn what_makes_no_line_is_refused() {
    let shop = Shop::new();
    let world = &shop.world;
    let deal = shop.deal();
    let line = || Create::<LineItem>::new().set(LineItem::DEAL, &deal).set(LineItem::NAME, "Other");
    assert_eq!(world.refused(line()), "field.required", "neither a product nor a price");
    let plan = world.run(Create::<LineItem>::new().set(LineItem::DEAL, &deal).set(LineItem::PRODUCT, &shop.plan));
    let priced = |amount| line().set(LineItem::UNIT_PRICE, amount);
    assert_eq!(world.refused(priced(eur("1"))), "line.currency");
    assert_eq!(world.refused(priced(usd("1")).set(LineItem::QUANTITY, quantity("0"))), "line.quantity");
    let much = Document(Discount::Amount(usd("2")));
    assert_eq!(world.refused(priced(usd("1")).set(LineItem::DISCOUNT, much)), "line.discount_too_large");
    assert_eq!(world.refused(Update::of(&plan).set(LineItem::PRODUCT, &shop.training)), "line.product_fixed");
    let other = shop.deal();
    assert_eq!(world.refused(Update::of(&plan).set(LineItem::DEAL, &other)), "line.deal_fixed");
    let lines = (0..1_001).map(|_| NewLine {
        unit_price: Some(usd("1")),
        name: Some("Hour".try_into().unwrap()),
        ..NewLine::default()
    });
    assert_eq!(world.refused(SetLines { deal: (&deal).into(), lines: lines.collect() }), "line.too_many");
    assert_eq!(world.get(deal.id).amount, Some(usd("500.00")), "what was refused changed nothing");
}

#[test]
fn what_a_line_names_is_not_trashed_and_what_is_retired_is_not_sold() {
    let shop = Shop::new();
    let world = &shop.world;
    let deal = shop.deal();
    shop.set(&deal, vec![shop.line(&shop.plan, "1")]);
    assert_eq!(world.refused(Trash::of(&shop.plan)), "record.in_use");
    let retired = world.run(Retire { product: (&shop.plan).into() });
    assert!(!retired.active);
    assert_eq!(world.refused(Retire { product: (&shop.plan).into() }), "product.retired");
    assert_eq!(
        world.refused(SetLines { deal: (&deal).into(), lines: vec![shop.line(&shop.plan, "2")] }),
        "product.retired"
    );
    assert_eq!(shop.quoted(shop.of(&shop.plan, "1")), Err("product.retired".to_owned()));
    assert_eq!(shop.lines(&deal).deal.amount, Some(usd("500.00")), "what was sold stays");
    world.run(Reactivate { product: (&shop.plan).into() });
    assert_eq!(world.refused(Reactivate { product: (&shop.plan).into() }), "product.active");
    let again = Create::<Product>::new().set(Product::NAME, "Again").set(Product::SKU, Choice::parse("ent").unwrap());
    assert_eq!(world.refused(again), "product.sku_taken");
}

#[test]
fn books_and_prices_fit_each_other() {
    let shop = Shop::new();
    let world = &shop.world;
    let currency = Currency::parse("EUR").unwrap();
    assert_eq!(world.refused(Update::of(&shop.list).set(PriceBook::CURRENCY, currency)), "price_book.currency_fixed");
    let day = |day| Date::from_ymd_opt(2026, 1, day).unwrap();
    let dates = Update::of(&shop.list).set(PriceBook::VALID_FROM, day(2)).set(PriceBook::VALID_UNTIL, day(1));
    assert_eq!(world.refused(dates), "price_book.dates");
    let euro = shop.book("Euro", "EUR");
    let price = |tiers| {
        let price = Create::<Price>::new().set(Price::PRICE_BOOK, &euro).set(Price::PRODUCT, &shop.plan);
        price.set(Price::TIERS, tiers)
    };
    assert_eq!(world.refused(price(tiers(&[("1", usd("1"))]))), "line.currency");
    assert_eq!(world.refused(price(tiers(&[("2", eur("1"))]))), "price.tiers");
    let many: Vec<(String, Money)> = (0..51).map(|from| (from.to_string(), eur("1"))).collect();
    let many: Vec<(&str, Money)> = many.iter().map(|(from, price)| (from.as_str(), *price)).collect();
    assert_eq!(world.refused(price(tiers(&many))), "price.too_many_tiers");
    world.run(price(tiers(&[("1", eur("1"))])));
    assert_eq!(world.refused(price(tiers(&[("1", eur("2"))]))), "price.taken");
}

#[test]
fn the_organisation_says_how_halves_are_rounded() {
    let shop = Shop::new();
    let world = &shop.world;
    let deal = shop.deal();
    let half = NewLine { name: Some("Half".try_into().unwrap()), unit_price: Some(usd("0.125")), ..NewLine::default() };
    assert_eq!(shop.set(&deal, vec![half.clone()]).deal.amount, Some(usd("0.13")));
    let mut configure = nexa_core::Draft::new();
    configure.put("rounding", json!("half_even"));
    world.run(Configure(configure));
    assert_eq!(shop.set(&deal, vec![half]).deal.amount, Some(usd("0.12")));
}

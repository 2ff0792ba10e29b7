"""`queries/chat_model_configs.sql` on a real database."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from chat_world import a_model_config, a_provider, a_user

from sqlward import Range, UniqueViolation
from store.generated import (
    AsyncStore,
    ChatModelConfig,
    ModelPricing,
    Price,
    ProviderFamily,
    UniqueConstraint,
)

PRICING = ModelPricing(
    input=Price("USD", Decimal("2.5")),
    output=Price("USD", None),
    surcharges=[Price("EUR", Decimal("0.000001")), Price("USD", Decimal(3))],
)


async def test_nested_composites_ranges_and_two_dimensions(store: AsyncStore) -> None:
    """Composites in composites and in arrays, numeric[][] and numrange keep their types."""
    discounts = [[Decimal(100), Decimal("0.05")], [Decimal(1000), Decimal("0.1")]]
    config = await a_model_config(
        store,
        pricing=PRICING,
        volume_discounts=discounts,
        temperature=Range(Decimal("0.1"), None),
        capabilities=["vision", "tools"],
        options={"seed": 7, "stop": None},
    )

    assert ChatModelConfig is type(config)
    assert PRICING == config.pricing
    assert discounts == config.volume_discounts
    assert Range(Decimal("0.1"), None) == config.temperature
    assert (["vision", "tools"], {"seed": 7, "stop": None}) == (config.capabilities, config.options)
    assert config == await store.get_chat_model_config_by_id(config.id)


async def test_fields_of_a_composite(store: AsyncStore) -> None:
    """`(pricing).input` is a composite of its own, absent when the pricing is."""
    priced = await a_model_config(store, pricing=PRICING)
    free = await a_model_config(store)

    row = await store.get_model_prices(priced.id)
    without = await store.get_model_prices(free.id)

    assert row is not None
    assert without is not None
    assert (PRICING.input, PRICING.output) == (row.input_price, row.output_price)
    assert (None, None, []) == (
        without.input_price,
        without.output_price,
        without.volume_discounts,
    )
    assert None is await store.get_model_prices(uuid4())


async def test_an_array_of_composites_becomes_rows(store: AsyncStore) -> None:
    """unnest gives the fields as columns."""
    config = await a_model_config(store, pricing=PRICING)

    rows = [(r.id, r.currency, r.per_million_tokens) for r in await store.list_model_surcharges()]

    assert [(config.id, "EUR", Decimal("0.000001")), (config.id, "USD", Decimal(3))] == rows


async def test_a_view_is_read_like_a_table(store: AsyncStore) -> None:
    """The live configs: a tombstoned one is found by its id only."""
    provider = await a_provider(store)
    bound = await a_model_config(store, chat_provider_id=provider.id, model="b")
    free = await a_model_config(store, model="a")
    await store.tombstone_chat_model_configs_of_provider(
        chat_provider_id=provider.id, deleted_by=None
    )

    live = await store.get_live_chat_model_config_by_id(free.id)
    first = await store.first_live_chat_model_config()

    assert live is not None
    assert first is not None
    assert (free.id, free.id) == (live.id, first.id)
    assert None is await store.get_live_chat_model_config_by_id(bound.id)
    assert [free.id] == [row.id for row in await store.list_live_chat_model_configs()]
    assert None is not (await store.get_chat_model_config_by_id(bound.id)).deleted_at


async def test_a_lateral_join_picks_the_provider(store: AsyncStore) -> None:
    """A bound model takes its own provider, an unbound one the oldest of the family."""
    oldest, other = await a_provider(store), await a_provider(store)
    bound = await a_model_config(store, chat_provider_id=other.id, model="a")
    unbound = await a_model_config(store, model="b")
    await a_model_config(store, family=ProviderFamily.GOOGLE, model="c")

    rows = await store.list_usable_chat_model_configs()

    assert [(bound, other), (unbound, oldest)] == [(row.config, row.provider) for row in rows]


async def test_an_outer_join_leaves_the_provider_out(store: AsyncStore) -> None:
    """An unbound config has none."""
    provider = await a_provider(store)
    bound = await a_model_config(store, chat_provider_id=provider.id, model="a")
    unbound = await a_model_config(store, model="b")

    rows = await store.list_chat_model_configs_with_provider()

    assert [(bound, provider), (unbound, None)] == [(row.config, row.provider) for row in rows]


async def test_narg_of_a_foreign_key_and_of_a_composite(store: AsyncStore) -> None:
    """None unbinds and removes the pricing."""
    provider, admin = await a_provider(store), await a_user(store)
    config = await a_model_config(store, chat_provider_id=provider.id, pricing=PRICING)

    changed = await store.update_chat_model_config(
        id=config.id,
        chat_provider_id=None,
        display_name="Plain",
        enabled=False,
        pricing=None,
        options=[1, "two", None],
        updated_by=admin.id,
    )

    assert changed is not None
    assert (None, None, [1, "two", None], admin.id) == (
        changed.chat_provider_id,
        changed.pricing,
        changed.options,
        changed.updated_by,
    )


async def test_one_statement_moves_the_default(store: AsyncStore) -> None:
    """A data-modifying CTE takes it from the former one; a missing config changes nothing."""
    first = await a_model_config(store, is_default=True)
    second = await a_model_config(store)
    assert first == await store.get_default_chat_model_config()

    assert 1 == await store.set_default_chat_model_config(second.id)
    assert 0 == await store.set_default_chat_model_config(uuid4())
    default = await store.get_default_chat_model_config()

    assert default is not None
    assert second.id == default.id
    assert 1 == await store.set_default_chat_model_config(second.id)


async def test_there_is_one_default(store: AsyncStore) -> None:
    """The partial unique index says so, and has a Python name."""
    await a_model_config(store, is_default=True)

    with pytest.raises(UniqueViolation) as caught:
        await a_model_config(store, is_default=True)

    assert UniqueConstraint.CHAT_MODEL_CONFIGS_SINGLE_DEFAULT is caught.value.constraint
    assert None is not await store.get_default_chat_model_config()

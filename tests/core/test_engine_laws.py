"""The laws of a run, for arbitrary tables and steps: nothing disappears, and nothing depends on how input is cut."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from kit_runs import Left, left, recipe

from ftprep import Example, FindingsError, Message

law = settings(deadline=None, derandomize=True, max_examples=40)
much = settings(law, max_examples=100)
words = st.sampled_from(["", "a", "b", "no", "a b", "é", "\ud800", "\u2028"])
plain = st.sampled_from(["", "x", "y", "no"])
cells = st.fixed_dictionaries(
    {"q": words, "a": words, "k": st.sampled_from(["", "x", "y", "z"])}, optional={"odd": words}
)
tables = st.lists(cells, max_size=25)
few = st.fixed_dictionaries({"n": st.integers(1, 2)}, optional={"column": st.just("k"), "lot": st.booleans()})
steps = st.lists(
    st.one_of(
        st.sampled_from(["pairs", {"loud": "?"}]),
        st.integers(0, 2).map(lambda n: {"times": {"n": n}}),
        st.lists(plain, max_size=2).map(lambda values: {"skip": {"column": "k", "values": values}}),
        few.map(lambda options: {"few": options}),
    ),
    max_size=4,
)
checks = st.lists(
    st.sampled_from([{"lengths": {"most": 1}}, {"lengths": {"most": 0, "find": True}}, "lengths"]),
    max_size=2,
    unique_by=str,
)
splits = st.sampled_from(
    [
        None,
        {"validation": "30%"},
        {"validation": 1, "test": 1, "stratify": "k"},
        {"test": "40%", "by": "k", "stable": True},
        {"validation": "20%", "shuffle": True},
        {"shuffle": True},
    ]
)
writers = st.sampled_from(
    [
        "kit_chat",
        [{"kit_chat": {"steps": [{"skip": {"column": "k", "values": ["x"]}}]}}, {"kit_text": {"steps": ["pairs"]}}],
    ]
)


def attempt(source, data, **options):
    """What a run leaves, or what it says where no example is left."""
    try:
        return left(source, data, **options)
    except FindingsError as error:
        return str(error)


def same(one, other):
    return one.same == other.same if isinstance(one, Left) and isinstance(other, Left) else one == other


def assert_balanced(made):
    counts = made.counts
    assert counts["read"] == counts["used"] + counts["dropped"]
    for step in counts["steps"]:
        assert step["in"] + step["made"] == step["out"] + sum(step["dropped"].values()), step
        assert min(step["in"], step["out"]) >= 0
    written = {(o, s): len(made.rows(f"{o}/{s}.jsonl")) for o, splits in counts["examples"].items() for s in splits}
    assert written == {(o, s): n for o, splits in counts["examples"].items() for s, n in splits.items()}
    said = Counter((d["step"], d.get("output"), d["reason"]) for d in made.dropped)
    alone = Counter({(s["step"], s.get("output")): 0 for s in counts["steps"]})
    alone.update((s["step"], s.get("output")) for s in counts["steps"])
    for step in counts["steps"]:
        if alone[step["step"], step.get("output")] == 1 and step["step"] != "talks":
            found = {
                r: n for (name, output, r), n in said.items() if (name, output) == (step["step"], step.get("output"))
            }
            assert found == step["dropped"]


def rows_of(place):
    first, _, last = place.rpartition(":")[2].partition("-")
    return range(int(first), int(last or first) + 1)


def assert_nothing_unsaid(made, read):
    """Every row stands in the lineage of some output, or in dropped.jsonl."""
    used = set()
    for output, splits in made.counts["examples"].items():
        for split in splits:
            used |= {n for _, first, last, _ in made.lineage(f"{output}.{split}") for n in range(first, last + 1)}
    named = {number for drop in made.dropped for number in rows_of(drop["source"])}
    assert used | named >= set(range(1, read + 1))
    if all(step["step"] != "talks" for step in made.counts["steps"]):
        assert len(used) == made.counts["used"]
        assert made.counts["dropped"] == len(set(range(1, read + 1)) - used)


@much
@given(data=tables, then=steps, check=checks, split=splits, write=writers, threads=st.booleans())
def test_nothing_disappears_and_nothing_depends_on_how_the_input_is_cut(data, then, check, split, write, threads):
    more = {**({"split": split} if split else {}), **({"model": "big"} if threads else {})}
    source = recipe("ask", *then, check=check, write=write, **more)
    made = attempt(source, data)
    if isinstance(made, Left):
        assert_balanced(made)
        assert_nothing_unsaid(made, len(data))
    for part_rows in (1, 2, 7):
        assert same(attempt(source, data, part_rows=part_rows), made)


talk_rows = st.lists(
    st.tuples(st.integers(1, 6), st.lists(st.sampled_from(["", "a", "b", "no"]), min_size=1, max_size=6)), max_size=8
)


@much
@given(
    parts=talk_rows, then=steps, scattered=st.booleans(), before=st.sampled_from([[], ["x"], ["x", "y"]]), split=splits
)
def test_gathered_rows_keep_the_same_laws(parts, then, scattered, before, split):
    data = [
        {"talk": f"t{at if not scattered else name}", "text": text, "k": "xyz"[(at + n) % 3 if before else at % 3]}
        for at, (name, texts) in enumerate(parts)
        for n, text in enumerate(texts)
    ]
    first = [{"skip": {"column": "k", "values": before}}] if before else []
    source = recipe(*first, {"talks": {"scattered_rows": scattered}}, *then, **({"split": split} if split else {}))
    made = attempt(source, data)
    if isinstance(made, Left):
        assert_balanced(made)
        assert_nothing_unsaid(made, len(data))
    for part_rows in (1, 3):
        assert same(attempt(source, data, part_rows=part_rows), made)


lines = st.lists(
    st.one_of(
        st.just("!"),
        st.just(""),
        st.sampled_from(["# one", "# two"]),
        st.builds(
            lambda t, x: json.dumps({"talk": t, "text": x, "k": x}), st.sampled_from("abcdefgh"), st.sampled_from("xyz")
        ),
    ),
    max_size=25,
)


@pytest.mark.files
@law
@given(text=lines, block=st.integers(1, 6), skip=st.lists(st.sampled_from("xyz"), max_size=1), gathers=st.booleans())
def test_files_with_bad_rows_and_sheets_keep_the_same_laws(tmp_path_factory, text, block, skip, gathers):
    file = tmp_path_factory.mktemp("law", numbered=True) / "t.kit"
    file.write_text("\n".join(text), encoding="utf-8", newline="\n")
    gather = [{"talks": {"scattered_rows": True}}] if gathers else [{"ask": {"prompt": "{talk}", "answer": "{text}"}}]
    source = recipe(
        {"skip": {"column": "k", "values": skip}}, *gather, read={"kit": {"path": str(file), "block": block}}
    )
    made = attempt(source, None)
    if isinstance(made, Left):
        assert_balanced(made)
        assert made.counts["read"] == sum(line.startswith(("!", "{")) for line in text)
        bad = [drop["source"].rpartition("!")[2].rpartition(":")[2] for drop in made.dropped if drop["step"] == "read"]
        assert [int(number) for number in bad] == [n for n, line in enumerate(text, 1) if line == "!"]
    for part_rows in (1, 2):
        assert same(attempt(source, None, part_rows=part_rows), made)


@law
@given(data=tables.filter(bool), seed=st.integers(0, 1 << 62), split=splits, then=steps)
def test_the_same_input_recipe_and_seed_give_the_same_bytes(data, seed, split, then):
    source = recipe("ask", *then, seed=seed, **({"split": split} if split else {}))
    assert same(attempt(source, iter(data)), attempt(source, [dict(row) for row in data]))


@law
@given(
    data=st.lists(st.tuples(words, words, words), max_size=12), limit=st.integers(1, 14), part_rows=st.integers(1, 9)
)
def test_a_limit_takes_so_many_roots_and_balances(data, limit, part_rows):
    rows = [{"q": q, "a": a, "k": k} for q, a, k in data]
    source = recipe("ask", {"skip": {"column": "k", "values": ["no"]}})
    made = attempt(source, rows, limit=limit)
    assert same(made, attempt(source, rows[:limit]))
    assert same(made, attempt(source, rows, limit=limit, part_rows=part_rows))


@law
@given(sizes=st.lists(st.integers(1, 4), max_size=6), limit=st.integers(1, 7), part_rows=st.integers(1, 9))
def test_a_limit_takes_whole_roots_and_counts_only_their_rows(sizes, limit, part_rows):
    data = [
        {"talk": f"t{n}", "text": f"x{i}", "k": "xy"[i % 2]} for n, size in enumerate(sizes) for i in range(2 * size)
    ]
    source = recipe({"skip": {"column": "k", "values": ["y"]}}, "talks")
    made = attempt(source, data, limit=limit)
    assert same(made, attempt(source, data, limit=limit, part_rows=part_rows))
    if isinstance(made, Left):
        assert_balanced(made)
        roots = [size for size in sizes if size > 0][:limit]
        assert made.step("talks")["in"] == sum(roots)
        assert made.step("skip")["out"] == made.step("talks")["in"]


@law
@given(data=tables, then=steps)
@example(data=[{"q": "", "a": "", "k": ""}] * 3, then=[{"times": {"n": 2}}, {"times": {"n": 2}}])
def test_lineage_names_the_row_and_the_place_in_its_root(data, then):
    source = recipe("ask", *then, write="kit_text")
    made = attempt(source, [{**row, "q": f"{n} {row['q']}", "a": f"{row['a']}"} for n, row in enumerate(data, 1)])
    if isinstance(made, str):
        return
    ordinals = defaultdict(int)
    for row, (unit, first, last, ordinal) in zip(
        made.rows("kit_text/train.jsonl"), made.lineage("kit_text.train"), strict=True
    ):
        assert (unit, first, last) == (0, last, int(row["prompt"].split(" ")[0]))
        assert ordinal == ordinals[first]
        ordinals[first] += 1


@law
@given(texts=st.lists(words, min_size=1, max_size=9), shown=st.integers(1, 3))
def test_examples_handed_in_keep_the_same_laws(texts, shown):
    data = [
        Example(messages=(Message("user", text), Message("assistant", "a")), extra={"n": n})
        for n, text in enumerate(texts)
    ]
    made = attempt(recipe({"times": {"n": shown}}), data)
    if isinstance(made, Left):
        assert_balanced(made)
        assert_nothing_unsaid(made, len(data))

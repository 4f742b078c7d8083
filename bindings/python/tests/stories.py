"""Replays the stories of `tests/stories/` through the package's own methods, as Rust does through the door."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import nexa_crm as nexa
from nexa_crm import testing

ROOT = Path(__file__).parents[3]
WORD = re.compile(r"\$([a-z][A-Za-z0-9_.]*)\Z")
WITHIN = re.compile(r"\$\{([^}]*)\}")
LISTED = {"find", "search", "history", "timeline"}


class Kept:
    """Answers by the word under which they were kept."""

    def __init__(self) -> None:
        self.words: dict[str, Any] = {}

    def path(self, path: str) -> Any:
        word, *parts = path.split(".")
        value = self.words[word]
        for part in parts:
            value = value[int(part)] if part.isdigit() else value[part]
        return value

    def fill(self, value: Any) -> Any:
        if isinstance(value, str):
            if whole := WORD.match(value):
                return self.path(whole[1])
            return WITHIN.sub(lambda within: str(self.path(within[1])), value)
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, dict):
            return {name: self.fill(item) for name, item in value.items()}
        return value


def mismatch(answer: Any, pattern: Any, place: str) -> str | None:
    """The first place where an answer does not match, in words."""
    if isinstance(pattern, dict):
        if "$some" in pattern:
            return f"{place} should be there" if answer is None else None
        if "$length" in pattern:
            fits = isinstance(answer, list) and len(answer) == pattern["$length"]
            return None if fits else f"{place} should have {pattern['$length']} entries, but is {answer}"
        if "$has" in pattern:
            fits = isinstance(answer, list) and assigned(answer, pattern["$has"], set())
            return None if fits else f"{place} should have all of {pattern['$has']}, but is {answer}"
        for name, inner in pattern.items():
            own = answer.get(name) if isinstance(answer, dict) else None
            if problem := mismatch(own, inner, f"{place}.{name}"):
                return problem
        return None
    if isinstance(pattern, list):
        if not isinstance(answer, list) or len(answer) != len(pattern):
            return f"{place} should have {len(pattern)} entries, but is {answer}"
        for position, (own, inner) in enumerate(zip(answer, pattern, strict=True)):
            if problem := mismatch(own, inner, f"{place}.{position}"):
                return problem
        return None
    same = type(answer) is type(pattern) and answer == pattern
    return None if same else f"{place} should be {pattern!r}, not {answer!r}"


def assigned(answers: list[Any], wanted: list[Any], taken: set[int]) -> bool:
    """Whether every pattern finds an entry of its own."""
    if not wanted:
        return True
    return any(
        at not in taken and mismatch(answer, wanted[0], "") is None and assigned(answers, wanted[1:], taken | {at})
        for at, answer in enumerate(answers)
    )


def wire(answer: Any) -> Any:
    """An answer as the wire has it; every field is read on the way."""
    if isinstance(answer, nexa.Struct):
        assert repr(answer).startswith(type(answer).__name__)
        assert answer._repr_html_().startswith("<table>")
        assert set(answer.to_dict()) == set(type(answer).FIELDS)
        return answer.to_json()
    if isinstance(answer, nexa.Page):
        return {"items": [wire(item) for item in answer.items], "next": answer.next}
    if isinstance(answer, nexa.Upserted):
        return {"record": wire(answer.record), "created": answer.created}
    if isinstance(answer, nexa.Upload):
        return {**dataclasses.asdict(answer), "id": str(answer.id)}
    if isinstance(answer, list):
        return [wire(item) for item in answer]
    return answer


def call(session: nexa.Session, operation: str, arguments: dict[str, Any]) -> Any:
    """Runs an operation through the method that the package has for it."""
    kind, verb = operation.split(".")
    operations = getattr(session, "organisation" if kind == "org" else kind)
    arguments = {{"with": "with_", "from": "from_"}.get(name, name): value for name, value in arguments.items()}
    if verb in ("find", "count", "search", "aggregate"):
        positional = [arguments.pop("text")] if verb == "search" else []
        positional += [arguments.pop("filter")] if "filter" in arguments else []
        if "sort" in arguments:
            arguments["order_by"] = arguments.pop("sort")
        answer = getattr(operations, verb)(*positional, **arguments)
    else:
        answer = getattr(operations, verb)(**arguments)
    return wire(answer.page() if isinstance(answer, nexa.Results) else answer)


class Runner:
    """A story under way."""

    def __init__(self, story: dict[str, Any], url: str) -> None:
        self.story = story
        self.crm, self.clock = testing.open(url, now=story["clock"], seed=7)
        org = story["org"]
        admin = {"name": org["admin"]["name"], "email": org["admin"]["email"]}
        given = {name: org[name] for name in ("base_currency", "time_zone") if name in org}
        self.admin = self.crm.create_org(org["name"], admin=admin, **given)
        self.kept = Kept()
        self.kept.words = {
            "org": {"id": str(self.admin.org)},
            org["admin"]["as"]: {"id": str(self.admin.user_id), "name": admin["name"]},
        }
        self.seen = 0
        self.position: str | None = None
        self.events()

    def replay(self) -> None:
        for step in self.story["steps"]:
            self.step(step)
        assert self.admin.ledger.verify().events == self.seen

    def events(self) -> list[dict[str, Any]]:
        """The events since the last look; their numbers have no gap."""
        found = []
        for event in self.crm.feed(self.admin.org, after=self.position):
            self.seen += 1
            self.position = event.position
            assert event.seq == self.seen
            found.append(event)
        self.found = found
        return [event.to_json() for event in found]

    def session(self, step: dict[str, Any]) -> nexa.Session:
        word: str = step.get("as", "system:story")
        sort, _, rest = word.partition(":")
        if sort == "system" and rest:
            session = self.crm.system(self.admin.org, rest)
        elif sort == "service" and rest:
            session = self.crm.session(self.admin.org, service=rest)
        else:
            session = self.crm.session(self.admin.org, user=self.kept.path(f"{word}.id"))
        return session.envelope(reason=step["why"]) if "why" in step else session

    def call(self, session: nexa.Session, step: dict[str, Any]) -> tuple[str, Any]:
        operation = step.get("run") or step.get("read")
        if operation:
            return operation, call(session, operation, self.kept.fill(step.get("with", {})))
        if "upload" in step:
            return "upload", wire(session.upload(ROOT / step["file"], name=step["upload"]))
        options = {name: self.kept.fill(step[name]) for name in ("set", "match_on", "policy") if name in step}
        if "map" in step:
            options["mapping"] = self.kept.fill(step["map"])
        kind = step["import"]
        return f"{kind}.import_csv", wire(getattr(session, kind).import_csv(ROOT / step["file"], **options))

    def step(self, step: dict[str, Any]) -> None:
        label = f"{self.story['name']}: {step.get('tell')}"
        if "needs" in step:
            assert step["needs"] not in nexa.catalog()["kinds"], label
            return
        if "at" in step:
            self.clock.set(step["at"])
        if step.get("tick"):
            self.crm.tick(self.admin.org)
            self.events()
        session = self.session(step)
        if "repeat" in step:
            self.repeat(session, step)
            return
        operation = step.get("run") or step.get("read") or f"{step.get('import')}.import_csv"
        refused, answer = None, None
        try:
            operation, answer = self.call(session, step)
        except nexa.Error as error:
            refused = error
            if "refuse" not in step:
                raise AssertionError(f"{label} was refused: {error!r}") from error
        events = self.events()
        self.check_events(step, label, operation, session, refused is None, events)
        if "refuse" in step:
            assert refused is not None, f"{label} should be refused, but answered {answer}"
            whole = {
                "kind": refused.kind,
                "code": refused.code,
                "params": refused.details,
                "message": refused.message,
                "retryable": refused.retryable,
            }
            problem = mismatch(whole, self.kept.fill(step["refuse"]), "the refusal")
            assert problem is None, f"{label} {problem}"
            return
        if "expect" in step:
            problem = mismatch(answer, self.kept.fill(step["expect"]), "the answer")
            assert problem is None, f"{label} {problem}"
        if "keep" in step:
            self.kept.words[step["keep"]] = answer

    def repeat(self, session: nexa.Session, step: dict[str, Any]) -> None:
        rounds: Any = step["repeat"]
        if isinstance(rounds, int):
            rounds = list(range(1, rounds + 1))
        else:
            rounds = self.call(session, rounds)[1]["items"]
        assert len(rounds) == step.get("count", len(rounds)), step.get("tell")
        for one in rounds:
            self.kept.words[step.get("each", "round")] = one
            for inner in step["steps"]:
                self.step(inner)

    def check_events(
        self,
        step: dict[str, Any],
        label: str,
        operation: str,
        session: nexa.Session,
        done: bool,
        events: list[dict[str, Any]],
    ) -> None:
        if "read" in step or "upload" in step or not done:
            assert events == [], f"{label} wrote events, though it changed nothing"
        for event, typed in zip(events, self.found, strict=True):
            assert typed.at == self.clock.now, label
            assert (event["actor"], event["command"]) == (session.actor, operation), label
            assert typed.reason == step.get("why"), label
        if "events" in step:
            assert len(events) == len(step["events"]), f"{label} left {events}"
            problem = mismatch(events, {"$has": self.kept.fill(step["events"])}, "the events")
            assert problem is None, f"{label} {problem}"


def read(name: str) -> dict[str, Any]:
    """A story of `tests/stories/`."""
    story: dict[str, Any] = json.loads((ROOT / "tests/stories" / name).read_text())
    return story


def names() -> list[str]:
    """All of them."""
    return sorted(path.name for path in (ROOT / "tests/stories").glob("*.json"))

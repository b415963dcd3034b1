from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from made_up_network import Kobo, Network, answer, kobo_submission

from datashift.errors import BadPull, PullUnavailable
from datashift.web.collection import receipts, services, sources
from datashift.web.collection.models import Dataset, Pulling, Receipt, Upload
from datashift.web.collection.pulling import bounded, pull
from datashift.web.collection.screening import screen
from datashift.web.collection.sources import Stated, is_due
from datashift.web.collection.suggesting import suggest
from datashift.web.jobs.models import Job
from datashift.web.jobs.services import each_quarter
from datashift.web.people.models import Event, Membership, Organisation, User

TOKEN = "a-token-that-nobody-may-see"
KOBO = {"address": "https://kf.example.org", "form": "aXyz", "token": TOKEN}


def quiet(_stage: str) -> None:
    """Nobody listens."""


@pytest.fixture
def kobo() -> Kobo:
    return Kobo([kobo_submission(number, people=[], wells=str(number)) for number in range(1, 31)])


@pytest.fixture
def network(kobo: Kobo, monkeypatch: pytest.MonkeyPatch) -> Network:
    made = Network(kobo)
    monkeypatch.setattr("datashift.web.collection.pulling.door", lambda: made)
    monkeypatch.setattr("datashift.pull.asking.sleep", lambda _seconds: None)
    return made


@pytest.fixture
def source(organisation: Organisation, producer: User, network: Network) -> Pulling:
    stated = Stated("Wells/2026", "kobo", KOBO, often="hour", country="TZ")
    return sources.add(organisation=organisation, stated=stated, by=producer)


def fetched(source: Pulling) -> Pulling:
    pull(str(source.pk), quiet)
    source.refresh_from_db()
    return source


def the_dataset(source: Pulling) -> Dataset:
    assert source.dataset is not None
    return Dataset.objects.select_related("upload").get(pk=source.dataset.pk)


def numbers(source: Pulling) -> list[str]:
    """The answers to `wells` in the file of the data set, row by row."""
    path = settings.HOME / "raw" / the_dataset(source).upload.sha256
    head, *rows = [line.strip('"').split('","') for line in path.read_text("utf-8").splitlines()]
    return [row[head.index("wells")] for row in rows if len(row) == len(head)]


def told(source: Pulling) -> str:
    return str(source.problem.get("code", ""))


def test_the_rows_of_a_source_become_a_data_set(source: Pulling) -> None:
    dataset = the_dataset(fetched(source))
    assert numbers(source) == [str(number) for number in range(1, 31)]
    assert (dataset.title, dataset.country, dataset.state) == ("Wells/2026", "TZ", "draft")
    assert source.counts == {"new": 30, "changed": 0, "gone": 0, "same": 0}
    assert Job.objects.filter(kind="suggest", subject=str(dataset.pk)).exists()


def test_fetched_again_nothing_is_changed(source: Pulling) -> None:
    before = the_dataset(fetched(source))
    after = the_dataset(fetched(source))
    assert (after.upload, after.version) == (before.upload, before.version)
    assert source.counts["same"] == 30
    assert Event.objects.filter(verb="pulled").count() == 1


def test_edits_new_rows_and_deletions_come_into_the_same_data_set(source: Pulling, kobo: Kobo) -> None:
    before = the_dataset(fetched(source))
    kobo.records[0]["wells"] = "1 edited"
    del kobo.records[4]
    kobo.records.append(kobo_submission(31, people=[], wells="31"))
    fetched(source)
    assert source.counts == {"new": 1, "changed": 1, "gone": 1, "same": 28}
    assert numbers(source) == ["1 edited", *(str(one) for one in (2, 3, 4, *range(6, 32)))]
    assert the_dataset(source).pk == before.pk


def test_what_breaks_off_changes_nothing_and_the_next_time_brings_all(
    source: Pulling, kobo: Kobo, network: Network
) -> None:
    before = the_dataset(fetched(source))
    kobo.records.append(kobo_submission(31, people=[], wells="31"))
    network.faults = [OSError("away")] * 5
    assert told(fetched(source)) == "pull.no-answer"
    assert the_dataset(source).upload == before.upload
    assert source.problem["passes"], "it is asked again soon"
    assert fetched(source).problem == {}
    assert numbers(source)[-1] == "31"


def test_half_of_the_records_never_become_a_data_set(source: Pulling, kobo: Kobo, network: Network) -> None:
    kobo.most = 20
    network.faults = [None, *[OSError("away")] * 5]
    assert told(fetched(source)) == "pull.no-answer"
    assert source.dataset is None
    assert len(numbers(fetched(source))) == 30


@pytest.mark.parametrize("at", ["receive", "begin", "told"])
def test_killed_anywhere_it_is_done_again_and_nothing_is_doubled(
    source: Pulling, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def killed(*_arguments: Any, **_named: Any) -> None:
        raise KeyboardInterrupt

    place = "pulling.record" if at == "told" else f"pulling.services.{at}"
    with monkeypatch.context() as patch:
        patch.setattr(f"datashift.web.collection.{place}", killed)
        with pytest.raises(KeyboardInterrupt):
            pull(str(source.pk), quiet)
    source.refresh_from_db()
    assert (source.state, Dataset.objects.count(), Upload.objects.count()) == ("", 0, 0)
    assert len(numbers(fetched(source))) == 30
    assert Dataset.objects.count() == 1


def test_while_a_review_is_open_nothing_is_fetched_and_later_everything(source: Pulling, kobo: Kobo) -> None:
    dataset = the_dataset(fetched(source))
    Dataset.objects.update(state=Dataset.State.IN_REVIEW)
    kobo.records.append(kobo_submission(31, people=[], wells="31"))
    fetched(source)
    assert the_dataset(source).upload == dataset.upload
    Dataset.objects.update(state=Dataset.State.DRAFT)
    assert numbers(fetched(source))[-1] == "31"


def test_a_review_that_opens_while_rows_are_read_is_not_disturbed(
    source: Pulling, kobo: Kobo, network: Network
) -> None:
    dataset = the_dataset(fetched(source))
    kobo.records.append(kobo_submission(31, people=[], wells="31"))

    def server(*asked: Any) -> Any:
        Dataset.objects.update(state=Dataset.State.IN_REVIEW)
        return kobo(*asked)

    network.server = server
    state = source.state
    assert fetched(source).state == state
    assert source.problem == {}, "nothing is wrong: it waits"
    assert the_dataset(source).upload == dataset.upload


def test_an_answer_that_was_withdrawn_never_comes_back(source: Pulling, kobo: Kobo) -> None:
    dataset = the_dataset(fetched(source))
    suggest(str(dataset.pk), quiet)
    receipts.take_out(dataset=the_dataset(source), place=2, by=None)
    assert the_dataset(fetched(source)).upload == dataset.upload, "it waits until the answer has left the file"
    screen(str(dataset.pk), quiet)
    assert "3" not in numbers(source)
    kobo.records[2]["wells"] = "3 edited"
    kobo.records.append(kobo_submission(31, people=[], wells="31"))
    for _time in range(3):
        fetched(source)
        assert [one for one in numbers(source) if one] == ["1", "2", *(str(one) for one in range(4, 32))]


def test_far_fewer_rows_wait_until_a_person_accepts_them(source: Pulling, kobo: Kobo, producer: User) -> None:
    fetched(source)
    everything, kobo.records = kobo.records, kobo.records[:12]
    assert told(fetched(source)) == "pull.mostly-gone"
    assert len(numbers(source)) == 30
    sources.fetch_now(pulling=source, by=producer, fewer=True)
    kobo.records = everything[:5]
    assert told(fetched(source)) == "pull.mostly-gone", "what was accepted are 12 rows"
    kobo.records = everything[:12]
    assert fetched(source).problem == {}
    assert (len(numbers(source)), source.accepts) == (12, None)


def test_a_token_is_sealed_and_goes_into_the_question_alone(source: Pulling, network: Network) -> None:
    fetched(source)
    assert TOKEN not in source.token + source.source + source.state
    assert TOKEN not in repr(sources.Stated("a", "kobo", KOBO))
    assert all(TOKEN in headers["Authorization"] and TOKEN not in address for address, headers in network.asked)


def test_a_token_does_not_follow_the_source_to_another_host(source: Pulling, producer: User) -> None:
    there = KOBO | {"address": "https://elsewhere.example", "token": ""}
    with pytest.raises(BadPull, match="Token"):
        sources.change(pulling=source, stated=Stated("Wells", "kobo", there), by=producer)
    kept = sources.change(
        pulling=source, stated=Stated("Wells", "kobo", KOBO | {"form": "b", "token": ""}), by=producer
    )
    assert sources.token_of(kept) == TOKEN


def test_what_was_fetched_from_one_place_is_not_mixed_with_another(source: Pulling, producer: User) -> None:
    before = fetched(source).source
    other = KOBO | {"address": "https://elsewhere.example"}
    changed = sources.change(pulling=source, stated=Stated("New name", "kobo", other, often="day"), by=producer)
    assert (changed.source, changed.title, changed.often) == (before, "New name", "day")


def test_after_a_change_of_the_key_the_token_is_asked_for_again(source: Pulling, settings: Any) -> None:
    settings.SECRET_KEY = "another key"
    assert told(fetched(source)) == "pull.token-lost"


def test_addresses_inside_the_own_network_are_refused(organisation: Organisation, producer: User) -> None:
    for host in ("127.0.0.1", "localhost", "10.0.0.7", "[::1]", "db.internal", "169.254.169.254"):
        stated = Stated("Inside", "csv", {"address": f"https://{host}/x.csv"})
        made = sources.add(organisation=organisation, stated=stated, by=producer)
        assert told(fetched(made)) == "pull.private", host


@pytest.mark.parametrize(("address", "code"), [
    ("http://example.org/x.csv", "pull.address"), ("file:///etc/passwd", "pull.address"), ("", "pull.not-stated"),
    ("https://me:secret@example.org/x.csv", "pull.password-in-address"), ("https://[", "pull.address"),
    ("https://example.org/{date}.csv", "pull.not-stated"),
])  # fmt: skip
def test_an_address_that_cannot_be_asked_is_told_at_once(address: str, code: str) -> None:
    with pytest.raises(BadPull) as refused:
        sources.as_toml(Stated("A", "csv", {"address": address}))
    assert refused.value.code == code
    assert "secret" not in str(refused.value)


def test_rows_whose_time_is_over_are_not_fetched_again(source: Pulling) -> None:
    fetched(source)
    Dataset.objects.update(erased=timezone.now())
    assert told(fetched(source)) == "pull.erased"


def test_nothing_comes_in_for_somebody_who_left(source: Pulling, producer: User) -> None:
    Membership.objects.all().delete()
    assert told(fetched(source)) == "pull.nobody"
    assert source.dataset is None


def test_a_file_that_was_added_by_hand_is_not_overwritten(source: Pulling, producer: User) -> None:
    dataset = the_dataset(fetched(source))
    upload = services.receive(name="own.csv", chunks=[b"a,b\n1,2\n"], organisation=source.organisation, by=producer)
    services.replace(dataset=dataset, upload=upload, by=producer)
    assert told(fetched(source)) == "pull.other-file"
    assert the_dataset(source).upload == upload


def test_a_source_without_rows_makes_no_data_set_yet(source: Pulling, kobo: Kobo) -> None:
    kobo.records, rows = [], kobo.records
    assert told(fetched(source)) == "pull.no-rows"
    kobo.records = rows
    assert len(numbers(fetched(source))) == 30


def test_files_that_were_replaced_do_not_pile_up(source: Pulling, kobo: Kobo) -> None:
    for number in range(40, 45):
        kobo.records.append(kobo_submission(number, people=[], wells=str(number)))
        fetched(source)
    assert Upload.objects.count() == 2
    assert len(list((settings.HOME / "raw").iterdir())) == 2


def test_a_receipt_still_finds_its_row_after_several_times(source: Pulling, kobo: Kobo, producer: User) -> None:
    dataset = the_dataset(fetched(source))
    suggest(str(dataset.pk), quiet)
    receipts.give(dataset=the_dataset(source), by=producer)
    for _time in range(3):
        kobo.records.pop(0)
        fetched(source)
    suggest(str(dataset.pk), quiet)
    held = Receipt.objects.filter(place__isnull=False).order_by("place")
    assert [one.place for one in held] == list(range(27))


# --- when -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("often", "hours", "passes", "due"), [
    ("never", 999, False, False), ("hour", 0.5, False, False), ("hour", 1, False, True), ("day", 23, False, False),
    ("day", 24, False, True), ("week", 100, False, False), ("week", 168, False, True), ("week", 1, True, True),
])  # fmt: skip
def test_a_source_is_due_when_its_time_has_come(often: str, hours: float, passes: bool, due: bool) -> None:
    now = timezone.now()
    one = Pulling(often=often, tried=now - timedelta(hours=hours), problem={"passes": passes})
    assert is_due(one, now) is due


def test_the_worker_asks_for_what_is_due_and_for_nothing_that_is_stopped(source: Pulling, producer: User) -> None:
    Job.objects.all().delete()
    sources.stop(pulling=source, by=producer)
    sources.pull_due("", quiet)
    assert not Job.objects.exists()
    sources.stop(pulling=source, by=producer, stopped=False)
    Job.objects.all().delete()
    sources.pull_due("", quiet)
    sources.pull_due("", quiet)
    assert [(one.kind, one.subject) for one in Job.objects.all()] == [("pull", str(source.pk))]


def test_who_deleted_the_data_set_does_not_get_it_back_by_itself(source: Pulling, producer: User) -> None:
    services.delete(dataset=the_dataset(fetched(source)), by=producer)
    source.refresh_from_db()
    assert not is_due(source, timezone.now() + timedelta(days=9))
    assert len(numbers(fetched(source))) == 30, "but who asks gets everything"


@pytest.mark.django_db
def test_a_look_is_asked_for_once_in_a_quarter_of_an_hour() -> None:
    for _time in range(3):
        each_quarter(("pull_due",))
    assert Job.objects.count() == 1
    Job.objects.update(created=timezone.now() - timedelta(minutes=16), state="done")
    each_quarter(("pull_due",))
    assert [one.state for one in Job.objects.all()] == ["waiting"]


# --- limits -----------------------------------------------------------------------------------------------------------


def test_a_pull_reads_no_more_than_it_may() -> None:
    def endless(_address: str, _headers: Any) -> Any:
        def parts() -> Iterator[bytes]:
            while True:
                yield b"x" * 100

        return answer(b"")._replace(chunks=parts())

    get: Callable[..., Any] = bounded(endless, most=1000)
    with pytest.raises(BadPull) as refused:
        b"".join(get("https://example.org/x?token=secret", {}).chunks)
    assert refused.value.code == "pull.too-large"
    assert "secret" not in str(refused.value)
    with pytest.raises(PullUnavailable, match="minutes"):
        bounded(endless, longest=-1)("https://example.org/x", {})

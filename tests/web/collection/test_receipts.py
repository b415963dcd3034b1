"""Receipts, and what happens to a file in which answers were withdrawn."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from water_road import quiet

from datashift.errors import BadUpload, NotAllowed
from datashift.read import read_bytes
from datashift.web.collection import consenting, receipts, retaining, screening, services
from datashift.web.collection.models import Dataset, Receipt, Review, Upload, Withdrawal
from datashift.web.collection.running import run
from datashift.web.collection.screening import screen, written
from datashift.web.collection.steps import fitting_run, standing
from datashift.web.collection.suggesting import suggest
from datashift.web.dashboard import services as releasing
from datashift.web.dashboard.withdrawing import by_receipt, of_row
from datashift.web.frame.middleware import _kind
from datashift.web.jobs import services as jobs
from datashift.web.jobs.models import Job
from datashift.web.people.models import Event, Organisation, User

pytestmark = pytest.mark.django_db(transaction=True)

Say = Callable[..., Dataset]
SMALL = b"id,name,works\n1,Ana,yes\n2,Ben,no\n3,Cho,yes\n4,Dia,no\n"


def raw_of(dataset: Dataset, site: Path) -> bytes:
    dataset.refresh_from_db()
    return (site / "raw" / dataset.upload.sha256).read_bytes()


def screened(dataset: Dataset) -> Dataset:
    screen(str(dataset.pk), quiet)
    suggest(str(dataset.pk), quiet)
    dataset.refresh_from_db()
    return dataset


# --- receipts ---------------------------------------------------------------------------------------------------------


def test_each_answer_gets_a_code_of_16_digits_of_which_a_digest_is_kept(
    sent: Callable[..., Dataset], producer: User, signed_in: Callable[[User], Client]
) -> None:
    small = sent(SMALL)
    answer = signed_in(producer).post(reverse("receipts", args=[small.pk]))
    assert answer["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["row"] for row in rows] == ["2", "3", "4", "5"]
    codes = [row["receipt"].replace(" ", "") for row in rows]
    assert all(len(code) == 16 and code.isdecimal() for code in codes)
    kept = str(list(Receipt.objects.values())) + str(list(Event.objects.values()))
    assert not [code for code in codes if code in kept]


def test_a_code_is_known_in_any_digits_and_with_any_blanks(sent: Callable[..., Dataset], producer: User) -> None:
    code = receipts.give(dataset=sent(SMALL), by=producer)[1][1]
    digits = "०१२३४५६७८९"
    nepali = "".join(digits[int(sign)] if sign != " " else "-" for sign in code)
    for written_down in (code, code.replace(" ", ""), nepali):
        found = receipts.known(written_down)
        assert found is not None
        assert found.place == 1
    assert receipts.known("") is None


def test_the_page_says_the_same_for_every_code(sent: Callable[..., Dataset], producer: User) -> None:
    small = sent(SMALL)
    code = receipts.give(dataset=small, by=producer)[0][1]

    def said(text: str) -> tuple[int, bytes]:
        client = Client()
        answer = client.post("/en/withdraw/", {"code": text})
        assert "no-store" in answer["Cache-Control"]
        page = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", answer.content)
        assert text.encode() in page
        return answer.status_code, page.replace(text.encode(), b"")

    assert said(code) == said(code) == said("0000 0000 0000 0000")
    assert Withdrawal.objects.count() == 1


def test_a_number_that_cannot_be_one_is_asked_for_again(sent: Callable[..., Dataset], producer: User) -> None:
    small = sent(SMALL)
    code = receipts.give(dataset=small, by=producer)[0][1]
    for wrong, digits in ((code[:-1], 15), (code + "0", 17), ("x" * 5000, 0), ("", 0)):
        answer = Client().post("/en/withdraw/", {"code": wrong})
        assert answer.status_code == 400
        assert f"you wrote {digits}." in answer.content.decode()
        assert f'value="{wrong[:100]}"' in answer.content.decode()
    assert not Withdrawal.objects.exists()


def test_a_number_with_one_wrong_digit_is_known_for_a_slip(sent: Callable[..., Dataset], producer: User) -> None:
    small = sent(SMALL)
    code = receipts.give(dataset=small, by=producer)[0][1].replace(" ", "")
    assert receipts.fits(code)
    for place, digit in enumerate(code):
        wrong = f"{code[:place]}{(int(digit) + 3) % 10}{code[place + 1 :]}"
        assert not receipts.fits(wrong)
    answer = Client().post("/en/withdraw/", {"code": wrong})
    assert answer.status_code == 400
    assert "There is a slip in this number" in answer.content.decode()
    assert not small.withdrawals.exists()


def test_codes_cannot_be_tried_in_numbers(settings: object, rf: object) -> None:
    assert _kind(rf.post("/sw/withdraw/")) == "receipt"  # type: ignore[attr-defined]
    assert settings.RATE_LIMITS["receipt"]  # type: ignore[attr-defined]


def test_nobody_writes_down_who_withdrew(sent: Callable[..., Dataset], producer: User) -> None:
    small = sent(SMALL)
    by_receipt(receipts.give(dataset=small, by=producer)[2][1])
    event = Event.objects.get(verb="answer-withdrawn")
    assert (event.actor, event.facts) == (None, {})


# --- the file ---------------------------------------------------------------------------------------------------------


def test_the_row_is_empty_and_the_others_keep_their_numbers(
    sent: Callable[..., Dataset], producer: User, site: Path
) -> None:
    small = sent(SMALL)
    before = small.upload.sha256
    of_row(dataset=small, row=3, by=producer)
    small.refresh_from_db()
    assert small.suggestion.keys() <= {"kits", "rows", "first_row"}
    small = screened(small)
    assert raw_of(small, site) == b'"id","name","works"\n"1","Ana","yes"\n"","",""\n"3","Cho","yes"\n"4","Dia","no"\n'
    assert not (site / "raw" / before).exists()
    assert not Upload.objects.filter(sha256=before).exists()


@pytest.mark.parametrize("row", [0, 1, 6, 10**8])
def test_a_row_that_is_not_there_is_refused(sent: Callable[..., Dataset], producer: User, row: int) -> None:
    with pytest.raises(BadUpload) as caught:
        of_row(dataset=sent(SMALL), row=row, by=producer)
    assert caught.value.code == "receipt.no-row"


def test_a_worker_that_is_killed_ends_the_same_at_its_next_try(
    sent: Callable[..., Dataset], producer: User, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = sent(SMALL)
    of_row(dataset=small, row=3, by=producer)

    def killed(dataset: Dataset) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(screening, "_forget_former", killed)
        with pytest.raises(KeyboardInterrupt):
            screen(str(small.pk), quiet)
    small.refresh_from_db()
    assert small.screening
    screened(small)
    assert not any(b"Ben" in path.read_bytes() for path in (site / "raw").iterdir())
    assert Withdrawal.objects.get().contents


def test_a_withdrawn_answer_does_not_come_back_with_a_later_file(
    sent: Callable[..., Dataset], producer: User, organisation: Organisation, site: Path
) -> None:
    small = sent(SMALL)
    of_row(dataset=small, row=3, by=producer)
    screened(small)
    again = sent(SMALL + b"5,Eva,yes\n", "again.csv")
    again.refresh_from_db()
    assert again.screening
    screened(again)
    assert b"Ben" not in raw_of(again, site)
    assert b"Eva" in raw_of(again, site)
    assert again.withdrawals.get().place == 1


def test_alike_answers_of_others_stay(sent: Callable[..., Dataset], producer: User, site: Path) -> None:
    plain = b"works,kind\nyes,pump\nno,tap\nyes,pump\nyes,pump\n"
    first = sent(plain)
    of_row(dataset=first, row=2, by=producer)
    screened(first)
    again = screened(sent(plain + b"no,pump\n", "again.csv"))
    assert raw_of(again, site).count(b'"yes"') == 2
    assert not again.screening


def test_receipts_follow_into_a_corrected_file(
    sent: Callable[..., Dataset], producer: User, organisation: Organisation, site: Path
) -> None:
    small = sent(SMALL)
    codes = [code for _row, code in receipts.give(dataset=small, by=producer)]
    corrected = b"id,name,works\n4,Dia,yes\n3,Cho,yes\n1,Ana,yes\n2,Ben,yes\n"
    small.answers = {"rows": {"row_id": "id"}}
    small.save()
    upload = services.receive(name="new.csv", chunks=[corrected], organisation=organisation, by=producer)
    services.replace(dataset=small, upload=upload, by=producer)
    by_receipt(codes[3])  # heard before the new file was read
    suggest(str(small.pk), quiet)
    screened(small)
    by_receipt(codes[0])
    text = raw_of(screened(small), site).decode()
    assert [name in text for name in ("Ana", "Ben", "Cho", "Dia")] == [False, True, True, False]
    assert not any(b"Dia" in path.read_bytes() for path in (site / "raw").iterdir())


def test_of_answers_that_are_alike_each_keeps_a_receipt_of_its_own_in_a_corrected_file(
    sent: Callable[..., Dataset], producer: User, organisation: Organisation, site: Path
) -> None:
    small = sent(b"works,place\nyes,A\nyes,A\nno,A\nno,C\n")
    codes = [code for _row, code in receipts.give(dataset=small, by=producer)]
    # The last answer was corrected and stands first: its former place belongs to another answer now.
    corrected = b"works,place\nno,B\nyes,A\nyes,A\nno,A\n"
    upload = services.receive(name="new.csv", chunks=[corrected], organisation=organisation, by=producer)
    services.replace(dataset=small, upload=upload, by=producer)
    suggest(str(small.pk), quiet)
    small.refresh_from_db()
    places = dict(small.receipts.values_list("code", "place"))
    stand = [places[receipts.digest(code.replace(" ", ""))] for code in codes]
    assert stand == [1, 2, 3, None]
    for code in codes[:2]:
        by_receipt(code)
    text = raw_of(screened(small), site).decode()
    assert "yes" not in text


def test_every_kind_of_file_can_lose_a_row() -> None:
    table = read_bytes(b'[{"a": "x, y", "b": null}, {"a": "\\"q\\"", "b": "2"}]', "some.json").table
    again = read_bytes(written(table, [1]), "some.csv", delimiter=",", header_row=1).table
    assert again.column_names == table.column_names
    assert again.drop_columns(["_row"]).to_pylist() == [{"a": "x, y", "b": ""}, {"a": "", "b": ""}]


# --- on the road ------------------------------------------------------------------------------------------------------


def test_a_run_on_the_way_is_thrown_away(asked: Dataset, producer: User, site: Path) -> None:
    heard: list[str] = []

    def while_it_runs(stage: str) -> None:
        if not heard:
            of_row(dataset=asked, row=5, by=producer)
        heard.append(stage)

    run(str(asked.pk), while_it_runs)
    assert not asked.runs.exists()
    assert not list((site / "datasets" / str(asked.pk)).iterdir())


def test_an_open_review_is_closed_and_nothing_can_be_released_from_it(
    worked_out: Dataset, producer: User, person: Callable[..., User], organisation: Organisation, site: Path
) -> None:
    review = services.ask_for_review(dataset=worked_out, for_office=False, by=producer)
    of_row(dataset=worked_out, row=5, by=producer)
    with pytest.raises(NotAllowed) as caught:
        releasing.release(review=review, by=person("reviewer", organisation), despite="They are simulated.")
    assert caught.value.code == "review.decided"
    worked_out.refresh_from_db()
    job = standing([worked_out])[worked_out.pk].job
    assert (worked_out.state, job.kind if job else "") == ("draft", "screen")
    assert Review.objects.get().decision == "withdrawn"
    assert not list((site / "datasets" / str(worked_out.pk)).glob("*/release.zip"))


# --- consent, and how long rows are kept ------------------------------------------------------------------------------


def test_what_is_said_of_consent_stands_in_the_recipe(
    asked: Dataset, producer: User, signed_in: Callable[[User], Client]
) -> None:
    client, page = signed_in(producer), reverse("consent", args=[asked.pk])
    said = {"version": str(asked.version), "basis": "consent", "text": "May we write down your answers?",
            "words-version": "2", "since": "2024-01-31", "channel": "spoken", "column": "remark",
            "version_column": "", "time_column": "visited", "until": "2030-12-31"}  # fmt: skip
    refused = client.post(page, said | {"text": ""})
    assert (refused.status_code, b"Write the words" in refused.content) == (400, True)
    for wrong in ({"until": "soon"}, {"channel": "smoke"}, {"column": "nowhere"}, {"version": "1"}):
        assert client.post(page, said | wrong).status_code == 400
    passed = client.post(page, said | {"until": "2020-01-31"})
    assert (passed.status_code, b"2020-01-31 has passed" in passed.content) == (400, True)
    assert client.post(page, said).status_code == 302
    asked.refresh_from_db()
    assert asked.keep_until == date(2030, 12, 31)
    for line in ("[consent]", 'basis = "consent"', 'version = "2"', "until = 2030-12-31", 'en = "May we write'):
        assert line in asked.recipe
    assert 'consent = "remark"' in asked.recipe.partition("[paradata]")[2]
    assert b"May we write down your answers?" in client.get(page).content
    run(str(asked.pk), quiet)
    assert fitting_run(asked) is not None


def test_rows_are_deleted_after_their_last_day_and_releases_stay(
    worked_out: Dataset, producer: User, person: Callable[..., User], organisation: Organisation, site: Path,
    signed_in: Callable[[User], Client],
) -> None:  # fmt: skip
    review = services.ask_for_review(dataset=worked_out, for_office=False, by=producer)
    release = releasing.release(review=review, by=person("reviewer", organisation), despite="They are simulated.")
    last = date(2026, 3, 31)
    Dataset.objects.update(keep_until=last)
    retaining.retain(last.isoformat(), quiet)
    assert raw_of(worked_out, site)
    retaining.retain((last + timedelta(days=1)).isoformat(), quiet)
    worked_out.refresh_from_db()
    assert worked_out.erased
    assert not list((site / "raw").glob(worked_out.upload.sha256))
    assert not list(site.rglob("evidence.zip"))
    assert Event.objects.filter(verb="erased", subject=f"dataset:{worked_out.pk}").count() == 1
    assert Client().get(f"/en/release/{release.pk}/").status_code == 200
    client = signed_in(producer)
    for what in ("upload", "evidence"):
        assert client.get(reverse("dataset-file", args=[worked_out.pk, what])).status_code == 404
    assert b"were deleted on" in client.get(reverse("consent", args=[worked_out.pk])).content
    with pytest.raises(BadUpload):
        of_row(dataset=worked_out, row=5, by=producer)


def test_the_worker_asks_for_it_once_a_day(db: None) -> None:
    for _time in range(3):
        jobs.each_day(("retain",))
    assert Job.objects.filter(kind="retain").count() == 1


def test_the_words_of_consent_cannot_be_changed_from_an_old_page(asked: Dataset, producer: User) -> None:
    with pytest.raises(BadUpload) as caught:
        consenting.state(dataset=asked, said={"basis": "no-people"}, version=asked.version - 1, by=producer)
    assert caught.value.code == "upload.old-page"

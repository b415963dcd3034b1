"""Addresses of the work desk and of the road from a file to a reviewed figure."""

from __future__ import annotations

from django.urls import path

from datashift.web.collection.views import (
    arrival,
    decision,
    desk,
    evidence,
    files,
    gathered,
    interviewers,
    precautions,
    pulls,
    redacting,
    road,
)

urlpatterns = [
    path("", desk.work, name="work"),
    path("new/", arrival.new, name="new"),
    path("forms/<uuid:key>/gather/", gathered.gathered, name="form-dataset"),
    path("sources/", pulls.sources, name="pulls"),
    path("sources/new/", pulls.new, name="pull-new"),
    path("sources/<uuid:key>/", pulls.source, name="pull"),
    path("sources/<uuid:key>/change/", pulls.change, name="pull-change"),
    path("sources/<uuid:key>/delete/", pulls.delete, name="pull-delete"),
    path("<uuid:key>/", road.dataset, name="dataset"),
    path("<uuid:key>/wait/", arrival.wait, name="wait"),
    path("<uuid:key>/progress", arrival.progress, name="progress"),
    path("<uuid:key>/again/", arrival.again, name="again"),
    path("<uuid:key>/step/<slug:name>/", road.step, name="step"),
    path("<uuid:key>/column/<int:number>/", road.column, name="column"),
    path("<uuid:key>/correct/", arrival.correct, name="correct"),
    path("<uuid:key>/lead/", road.lead, name="lead"),
    path("<uuid:key>/explain/", road.explain, name="explain"),
    path("<uuid:key>/interviewers/", interviewers.interviewers, name="interviewers"),
    path("<uuid:key>/interviewers/<int:concern>/", interviewers.concern, name="concern"),
    path("reply/<str:token>/", interviewers.reply, name="reply"),
    path("appeals/", interviewers.appeals, name="appeals"),
    path("appeals/<int:concern>/", interviewers.appealed, name="appealed"),
    path("<uuid:key>/evidence/", evidence.evidence, name="evidence"),
    path("<uuid:key>/precautions/", precautions.precautions, name="precautions"),
    path("<uuid:key>/texts/", redacting.texts, name="texts"),
    path("<uuid:key>/texts/<int:number>/", redacting.column, name="texts-column"),
    path("<uuid:key>/take-back/", decision.take_back, name="take-back"),
    path("<uuid:key>/delete/", desk.delete, name="delete"),
    path("<uuid:key>/file/<slug:what>", files.dataset_file, name="dataset-file"),
]

"""Addresses of fieldwork: for programs on phones. The key of the phone stands in each."""

from __future__ import annotations

from django.urls import path

from datashift.web.fieldwork.views import openrosa

urlpatterns = [
    path("<str:token>/formList", openrosa.form_list, name="openrosa-forms"),
    path("<str:token>/submission", openrosa.submission, name="openrosa-submission"),
    path("<str:token>/form/<uuid:key>/<int:number>", openrosa.form, name="openrosa-form"),
    path("<str:token>/form/<uuid:key>/<int:number>/manifest", openrosa.manifest, name="openrosa-manifest"),
    path("<str:token>/form/<uuid:key>/<int:number>/media/<int:file>", openrosa.media, name="openrosa-media"),
]

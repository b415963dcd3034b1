"""Addresses of fieldwork: for whoever answers. A form stands under its open link, or under the key of an enumerator."""

from __future__ import annotations

from django.urls import URLPattern, path

from datashift.web.fieldwork.views import desk_one, fill, fill_files, fill_web_forms


def _under(start: str, name: str) -> list[URLPattern]:
    return [
        path(f"{start}form.json", fill_files.program, name=f"{name}-program"),
        path(f"{start}media/<str:file>", fill_files.media, name=f"{name}-media"),
        path(f"{start}worker.js", fill_files.worker, name=f"{name}-worker"),
        path(f"{start}submission", fill_files.submission, name=f"{name}-submission"),
        path(f"{start}form.xml", fill_web_forms.xform, name=f"{name}-xform"),
        path(f"{start}web-forms", fill_web_forms.page, name=f"{name}-web-forms"),
        path(f"{start}draft/<str:key>/", fill.page, name=f"{name}-page"),
        path(f"{start}draft/<str:key>/check/", fill.check, name=f"{name}-check"),
        path(f"{start}draft/<str:key>/file/<str:file>", fill.draft_file, name=f"{name}-file"),
    ]


urlpatterns = [
    path("web-forms/<str:file>", fill_web_forms.program, name="fill-web-forms-part"),
    path("<str:token>/", fill.start, name="fill"),
    *_under("<str:token>/", "fill"),
    path("<str:token>/reply/<int:number>", desk_one.reply, name="fill-reply"),
    path("<str:token>/<str:form_id>/", fill.start, name="fill-own"),
    *_under("<str:token>/<str:form_id>/", "fill-own"),
]

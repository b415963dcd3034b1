"""Every address of the site. Pages for people carry their language; machines and files do not."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from datashift.web.frame import views as frame

handler400 = "datashift.web.frame.views.bad_request"
handler403 = "datashift.web.frame.views.forbidden"
handler404 = "datashift.web.frame.views.not_found"
handler500 = "datashift.web.frame.views.failed"

urlpatterns = [
    path("health", frame.health, name="health"),
    path("robots.txt", frame.robots, name="robots"),
    path("key/", include("datashift.web.fieldwork.machine_urls")),
    path("gateway/", include("datashift.web.fieldwork.gateway_urls")),
    path("", include("datashift.web.dashboard.machine_urls")),
    *i18n_patterns(
        path("", include("datashift.web.dashboard.urls")),
        path("registry/", include("datashift.web.standards.urls")),
        path("fill/", include("datashift.web.fieldwork.fill_urls")),
        path("work/forms/", include("datashift.web.fieldwork.urls")),
        path("work/", include("datashift.web.collection.urls")),
        path("work/people/", include("datashift.web.people.urls")),
        path("account/", include("datashift.web.people.account_urls")),
    ),
]

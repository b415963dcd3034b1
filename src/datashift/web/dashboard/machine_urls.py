"""Addresses for machines and files: they carry no language."""

from __future__ import annotations

from django.urls import path

from datashift.web.dashboard import api
from datashift.web.dashboard.sdmx import views as sdmx
from datashift.web.dashboard.views import home, releases
from datashift.web.standards import files as registry
from datashift.web.standards.profile_views import profile_file

urlpatterns = [
    path("", home.home, name="home"),
    path("r/<str:release>", releases.permanent, name="permanent"),
    path("file/<str:release>/<path:name>", releases.file, name="release-file"),
    path("dossier/<str:release>/<str:name>", releases.dossier_file, name="dossier-file"),
    path("card/<str:release>/<str:language>.png", releases.card, name="card"),
    path("api/v1/", api.patterns()),
    path("sdmx/2.1/data/<str:named>", sdmx.data, name="sdmx-data"),
    path("sdmx/2.1/data/<str:named>/<str:key>", sdmx.data),
    path("sdmx/2.1/data/<str:named>/<str:key>/<str:provider>", sdmx.data),
    path("sdmx/2.1/<str:kind>", sdmx.structure, name="sdmx-structure"),
    path("sdmx/2.1/<str:kind>/<str:agency>", sdmx.structure),
    path("sdmx/2.1/<str:kind>/<str:agency>/<str:name>", sdmx.structure),
    path("sdmx/2.1/<str:kind>/<str:agency>/<str:name>/<str:version>", sdmx.structure, name="sdmx-structure-version"),
    path("registry/kit/<str:kit>/<str:version>/<str:name>", registry.kit_file, name="registry-kit-file"),
    path("registry/profile/<str:profile>/<str:version>.toml", profile_file, name="profile-file"),
    path("registry/list/<str:name>", registry.area_file, name="registry-area-file"),
]

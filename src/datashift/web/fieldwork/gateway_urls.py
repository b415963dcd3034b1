"""Addresses of fieldwork: for gateways that carry messages. The secret of the gateway stands in each."""

from __future__ import annotations

from django.urls import path

from datashift.web.fieldwork.views import gateway

urlpatterns = [
    path("<str:token>/sms", gateway.sms, name="gateway-sms"),
    path("<str:token>/ussd", gateway.ussd, name="gateway-ussd"),
]

"""Messages: gateways through which forms are asked by SMS, USSD and e-mail. Numbers and addresses are never stored."""

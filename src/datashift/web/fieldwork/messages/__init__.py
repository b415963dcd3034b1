"""Messages: gateways through which forms are asked by SMS, USSD and e-mail. A number is kept until its reply went."""

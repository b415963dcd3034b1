"""The plan, the times and the clocks of the fieldwork (checks K3 and K9 to K14)."""

"""Sources that are not interviews: sensors, volunteers, counts along a route (checks K31 to K34)."""

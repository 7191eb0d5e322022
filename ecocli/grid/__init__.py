"""Files of hourly data on electricity grids: each layout to hours of carbon intensity by zone."""

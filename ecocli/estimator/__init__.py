"""The equations, pure: specs and token counts in, quantities with ranges out. No clock, file or database. A method is a package of its own."""

"""Links a site can be reached by: fiber, microwave and satellite, with their cost and capacity."""

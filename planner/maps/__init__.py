"""The map page: one offline HTML file, made through folium (`planner.maps.page.make_map`)."""

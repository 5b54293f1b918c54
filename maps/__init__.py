"""What is shown: GeoJSON features, folium pages and the scripts that keep them live."""

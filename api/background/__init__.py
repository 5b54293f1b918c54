"""What runs beside the requests: the courier, the keeper of the road times, the planners' desk."""

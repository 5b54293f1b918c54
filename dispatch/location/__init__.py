"""What the network says about the caller: one file per format, bytes in, `LocationReport` out."""

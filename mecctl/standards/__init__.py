"""Other people's file forms (GSMA, 3GPP, ETSI) read into the model."""

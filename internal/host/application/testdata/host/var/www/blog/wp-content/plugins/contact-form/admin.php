<?php
// The administration of the form.

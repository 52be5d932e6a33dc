<?php
// Nothing here.

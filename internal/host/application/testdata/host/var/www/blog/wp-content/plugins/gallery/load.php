<?php
/**
 * Plugin Name: Gallery of Pictures
 * Version:     2.3
 */

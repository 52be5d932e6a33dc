<?php
/**
 * @package Hello
 * @version 1.7.2
 */
/*
Plugin Name: Hello
Version: 1.7.2
*/
